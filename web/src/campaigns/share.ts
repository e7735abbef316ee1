/** 0.1 as `10%`, with as many decimals as the API reads. */
export const shareText = (share: number) => `${Number((100 * share).toFixed(9))}%`
