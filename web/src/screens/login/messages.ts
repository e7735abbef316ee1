const en = {
  title: 'Log in',
  lead: 'With the address and password an admin gave you.',
  email: 'E-mail address',
  password: 'Password',
  enter: 'Log in',
  wrong: 'The address or the password is wrong.',
  tooMany: 'Too many tries. Wait a moment, then try again.',
  failed: 'That did not work. Is the server running?',
  first: 'First time here? The terminal that runs `shoal serve` shows a link that opens this page once.',
}
const pt: typeof en = {
  title: 'Entrar',
  lead: 'Com o endereço e a senha que um administrador lhe deu.',
  email: 'Endereço de e-mail',
  password: 'Senha',
  enter: 'Entrar',
  wrong: 'O endereço ou a senha está errado.',
  tooMany: 'Tentativas demais. Espere um momento e tente de novo.',
  failed: 'Não funcionou. O servidor está em execução?',
  first: 'Primeira vez aqui? O terminal que executa `shoal serve` mostra um link que abre esta página uma vez.',
}
export const logInMessages = { en, pt }
