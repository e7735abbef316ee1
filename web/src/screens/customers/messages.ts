const en = {
  title: 'Customers',
  lead: 'Look somebody up by their id, or by a part of it.',
  find: 'Customer id',
  hint: 'As it stands in your data, for example 1001 or anna@example.org',
  some: (shown: string, of: string) => `${shown} of ${of} customers`,
  none: 'Nobody has such an id',
  noneWhy: (text: string) => `No customer id holds “${text}”. Ids are as they were received: 007 is not 7.`,
  empty: 'No customers yet',
  emptyWhy: 'Customers appear with the first event or file that names them.',
}
const pt: typeof en = {
  title: 'Clientes',
  lead: 'Procure alguém pelo código, ou por parte dele.',
  find: 'Código do cliente',
  hint: 'Como está em seus dados, por exemplo 1001 ou ana@example.org',
  some: (shown, of) => `${shown} de ${of} clientes`,
  none: 'Ninguém tem esse código',
  noneWhy: (text) => `Nenhum código contém “${text}”. Os códigos são como foram recebidos: 007 não é 7.`,
  empty: 'Ainda não há clientes',
  emptyWhy: 'Os clientes aparecem com o primeiro evento ou arquivo que os nomeia.',
}
export const customersMessages = { en, pt }
