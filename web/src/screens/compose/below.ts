/** Where a field says more of itself: below, so that fields beside each other stand on one line. */
export const below = { inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[] }
