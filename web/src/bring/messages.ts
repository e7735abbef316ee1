const en = {
  bring: 'Bring data',
  importing: (file: string) => `Importing ${file}`,
  makingUp: 'Making up a shop',
  makingUpWhy: 'Its customers, their orders and visits are made on this machine. That takes some seconds.',
  importingWhy: 'You may leave this screen: it goes on, and Data › Sources shows what became of it.',
  progress: 'How much of the file is read',
  failed: 'It was not imported',
  failedWhole: 'Nothing was added: an import is done whole or not at all.',
}
const pt: typeof en = {
  bring: 'Trazer dados',
  importing: (file) => `Importando ${file}`,
  makingUp: 'Inventando uma loja',
  makingUpWhy: 'Os clientes, as encomendas e as visitas são feitos nesta máquina. Leva alguns segundos.',
  importingWhy: 'Você pode sair desta tela: a importação continua, e Dados › Fontes mostra o que foi dela.',
  progress: 'Quanto do arquivo foi lido',
  failed: 'Não foi importado',
  failedWhole: 'Nada foi acrescentado: uma importação é feita inteira ou não é feita.',
}
export const bringMessages = { en, pt }
