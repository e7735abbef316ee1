const en = {
  title: 'Predictions',
  lead: 'What customers will do next, and how far each answer can be trusted.',
  name: 'Prediction',
  trust: 'Trust',
  ranks: 'Ranks rightly',
  ranksNote: (recency: string) => `recency ${recency}`,
  tenth: 'Highest tenth holds',
  tenthNote: (times: string) => `${times} times its share`,
  scored: 'Scored',
  none: 'No prediction yet',
  noneWhy: 'A prediction says what is to be foretold, by a rule about the time ahead: `did order_completed in next 30d`. It is kept in predictions/*.yml, and packs bring some. Fitted, its score is a trait that any segment can use:',
}
const pt: typeof en = {
  title: 'Previsões',
  lead: 'O que os clientes farão a seguir, e quanto se pode confiar em cada resposta.',
  name: 'Previsão',
  trust: 'Confiança',
  ranks: 'Ordena bem',
  ranksNote: (recency) => `recência ${recency}`,
  tenth: 'O décimo mais alto tem',
  tenthNote: (times) => `${times} vezes a sua parte`,
  scored: 'Pontuados',
  none: 'Nenhuma previsão ainda',
  noneWhy: 'Uma previsão diz o que deve ser previsto, por uma regra sobre o tempo à frente: `did order_completed in next 30d`. Fica em predictions/*.yml, e os pacotes trazem algumas. Ajustada, a sua pontuação é um atributo que qualquer segmento pode usar:',
}
export const predictionsMessages = { en, pt }
