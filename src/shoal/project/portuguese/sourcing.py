"""Portuguese of what sources say of their runs: what changed of columns, and why one did not come to its end."""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS: Mapping[str, str] = {
    "column `{0}` is gone and `{1}` is new: it seems to be renamed": (
        "a coluna `{0}` sumiu e `{1}` é nova: parece ter mudado de nome"
    ),
    "column {0} is gone": "a coluna {0} sumiu",
    "columns {0} are gone": "as colunas {0} sumiram",
    "columns {0} and {1} more are gone": "as colunas {0} e mais {1} sumiram",
    "column {0} is new": "a coluna {0} é nova",
    "columns {0} are new": "as colunas {0} são novas",
    "columns {0} and {1} more are new": "as colunas {0} e mais {1} são novas",
    "column {0} is gone, and the mapping needs it": (
        "a coluna {0} sumiu, e o mapeamento precisa dela"
    ),
    "columns {0} are gone, and the mapping needs them": (
        "as colunas {0} sumiram, e o mapeamento precisa delas"
    ),
    "columns {0} and {1} more are gone, and the mapping needs them": (
        "as colunas {0} e mais {1} sumiram, e o mapeamento precisa delas"
    ),
    "{0}; there is {1} now: renamed?": "{0}; agora há {1}: mudou de nome?",
    "`{0}` for `{1}`": "`{0}` no lugar de `{1}`",
    "`{0}` for `{1}` and {2}": "`{0}` no lugar de `{1}` e {2}",
    "mend the mapping `{0}`": "corrija o mapeamento `{0}`",
}

FILES: Mapping[str, str] = {
    "its name is not UTF-8 text: rename it": "o nome não é texto UTF-8: mude-o",
    "it is empty": "está vazio",
    "it is still being written": "ainda está sendo escrito",
    "its last line has no end: it may be written still": (
        "a última linha não tem fim: talvez ainda esteja sendo escrito"
    ),
    "its content is in already": "o conteúdo já entrou",
    "it was changed while it was read": "mudou enquanto era lido",
    "is the copy complete?": "a cópia está completa?",
    "is the copy complete, and is it what its name says?": (
        "a cópia está completa, e é o que o nome diz?"
    ),
    "`{0}` is not packed with {1}, whatever its name says": (
        "`{0}` não está compactado com {1}, diga o nome o que disser"
    ),
    "`{0}` is an Excel or zip file": "`{0}` é um arquivo do Excel ou zip",
    "`{0}` is an old Excel file": "`{0}` é um arquivo antigo do Excel",
    "`{0}` is a PDF": "`{0}` é um PDF",
    "`{0}` is an SQLite database": "`{0}` é um banco de dados SQLite",
    "`{0}` is an Arrow file": "`{0}` é um arquivo Arrow",
    "`{0}` is an Avro file": "`{0}` é um arquivo Avro",
    "`{0}` is an ORC file": "`{0}` é um arquivo ORC",
    "`{0}` is packed with bzip2": "`{0}` está compactado com bzip2",
    "`{0}` is packed with xz": "`{0}` está compactado com xz",
    "export it as CSV, JSONL or Parquet": "exporte-o como CSV, JSONL ou Parquet",
    "`{0}` is not a Parquet file, whatever its name says": (
        "`{0}` não é um arquivo Parquet, diga o nome o que disser"
    ),
    "`{0}` is no whole Parquet file: {1}": "`{0}` não é um arquivo Parquet inteiro: {1}",
    "`{0}` is one JSON array": "`{0}` é uma só lista JSON",
    "write one object per line (JSONL)": "escreva um objeto por linha (JSONL)",
    "`{0}` is a folder": "`{0}` é uma pasta",
    "name the files in it": "nomeie os arquivos nela",
    "`{0}` is not a regular file": "`{0}` não é um arquivo comum",
    "`{0}` begins as {1} does, but nothing of it can be unpacked": (
        "`{0}` começa como {1}, mas nada dele pode ser descompactado"
    ),
    "`{0}` may not be read by this user": "`{0}` não pode ser lido por este usuário",
    "`{0}` cannot be read: {1}": "`{0}` não pode ser lido: {1}",
    "`{0}` cannot be unpacked to its end": "`{0}` não pode ser descompactado até o fim",
    "`{0}` is not text": "`{0}` não é texto",
    "CSV, TSV, JSONL and Parquet files can be read": (
        "podem ser lidos arquivos CSV, TSV, JSONL e Parquet"
    ),
    "there is no encoding `{0}`": "não existe a codificação `{0}`",
    "`{0}` has a line of more than {1} MiB": "`{0}` tem uma linha de mais de {1} MiB",
    "`{0}` has no columns": "`{0}` não tem colunas",
    "`{0}` finds no room on disk to be unpacked: {1}": (
        "não há espaço no disco para descompactar `{0}`: {1}"
    ),
    "`{0}` has no column `{1}`": "`{0}` não tem a coluna `{1}`",
    "did you mean `{0}`? It has: {1}": "quis dizer `{0}`? Ele tem: {1}",
    "it has: {0}": "ele tem: {0}",
    "none of its rows can be read: of JSON lines each is one whole object, on one line": (
        "nenhuma das linhas pode ser lida: em JSON por linhas, cada uma é um objeto inteiro, em uma só linha"
    ),
    "`{0}` of {1} sums over rows, but nothing gathers them": (
        "`{0}` de {1} soma linhas, mas nada as junta"
    ),
    "say by which columns with `group_by`": "diga por quais colunas com `group_by`",
    "the line property `{0}` sums over rows; a line is one row": (
        "a propriedade `{0}` das linhas soma linhas; cada uma é uma só"
    ),
    "property `{0}`: {1}": "propriedade `{0}`: {1}",
    "`{0}` has: {1}": "`{0}` tem: {1}",
    "with Shoal come {0}": "com o Shoal vêm {0}",
    "its columns are {0}": "as colunas são {0}",
    "`{0}` holds only blank lines": "`{0}` só tem linhas em branco",
    "the header of `{0}` cannot be read: {1}": "o cabeçalho de `{0}` não pode ser lido: {1}",
}

PLACES: Mapping[str, str] = {
    "another process runs the sources of this project": (
        "outro processo está lendo as fontes deste projeto"
    ),
    "try again when it is done": "tente de novo quando ele terminar",
    "the process that runs sources ended early; the next run begins where it stopped": (
        "o processo que lê as fontes terminou antes da hora; a próxima vez começa onde ele parou"
    ),
    "there is no folder `{0}`": "não existe a pasta `{0}`",
    "`from` in sources/{0}.yml names it": "está em `from`, em sources/{0}.yml",
    "see sources/{0}.yml": "veja sources/{0}.yml",
    "this build of pyarrow speaks no S3": "este pyarrow não fala S3",
    "there is no `{0}`": "não existe `{0}`",
    "the bucket says: {0}": "o bucket diz: {0}",
    "{0} gives two columns of one name": "{0} dá duas colunas com o mesmo nome",
    "name them with `as`": "dê nomes com `as`",
    "{0} has no column `{1}`, which is to be the cursor": (
        "{0} não tem a coluna `{1}`, que deve ser o cursor"
    ),
    "it has {0}": "tem {0}",
    "it has nothing new": "não tem nada novo",
    "it has no rows": "não tem linhas",
    "1 row has no `{0}`": "1 linha não tem `{0}`",
    "{0} rows have no `{1}`": "{0} linhas não têm `{1}`",
    "`overlap` needs a cursor that is a time": "`overlap` precisa de um cursor que seja uma data",
    "leave it out": "deixe-o de fora",
    "the database says: {0}": "o banco de dados diz: {0}",
    "the database cannot be asked: {0}": "o banco de dados não pode ser consultado: {0}",
    "there is no database `{0}`": "não existe o banco de dados `{0}`",
    "`from` of sources/{0}.yml is no address of a database": (
        "o `from` de sources/{0}.yml não é o endereço de um banco de dados"
    ),
    "such as {0}": "como {0}",
    "the driver `{0}` of this database is not installed": (
        "o driver `{0}` deste banco de dados não está instalado"
    ),
    "for PostgreSQL `pip install 'shoal[postgresql]'`, for MySQL and MariaDB "
    "`pip install 'shoal[mysql]'`, others beside Shoal": (
        "para PostgreSQL `pip install 'shoal[postgresql]'`, para MySQL e MariaDB "
        "`pip install 'shoal[mysql]'`, outros ao lado do Shoal"
    ),
    "a column of {0} cannot be a cursor": "uma coluna de {0} não pode ser um cursor",
    "take a number, a time or a text that grows": "use um número, uma data ou um texto que cresça",
    "a value of the table cannot be written as JSON: {0}": (
        "um valor da tabela não pode ser escrito como JSON: {0}"
    ),
    "leave its column out with `query`, or cast it to text": (
        "deixe a coluna de fora com `query`, ou converta-a em texto"
    ),
}

DEFINED: Mapping[str, str] = {
    "there is no source `{0}`": "não existe a fonte `{0}`",
    "a source's name has small letters, digits, _ and -": (
        "o nome de uma fonte tem letras minúsculas, dígitos, _ e -"
    ),
    "rename the file": "mude o nome do arquivo",
    "cannot be read: {0}": "não pode ser lido: {0}",
    "`{0}` is missing": "falta `{0}`",
    "`{0}` belongs to a database": "`{0}` é de um banco de dados",
    "`{0}` belongs to a bucket": "`{0}` é de um bucket",
    "`{0}`: a secret does not belong into a file of the project": (
        "`{0}`: um segredo não pertence a um arquivo do projeto"
    ),
    "name the variable that holds it: {0}": "diga a variável que o guarda: {0}",
    "name the variables that hold them: {0}": "diga as variáveis que as guardam: {0}",
    "keys do not belong into a file of the project, nor into an address": (
        "chaves não pertencem a um arquivo do projeto, nem a um endereço"
    ),
    "the password itself does not belong into a file of the project": (
        "a própria senha não pertence a um arquivo do projeto"
    ),
    "`from` names no bucket": "`from` não nomeia um bucket",
    "a database needs either `table` or `query`": (
        "um banco de dados precisa de `table` ou de `query`"
    ),
    "`overlap` is of no use without `cursor`": "`overlap` não serve para nada sem `cursor`",
    "write it in m, h, d or w": "escreva em m, h, d ou w",
    "`{0}` is too often": "`{0}` é demasiado frequente",
    "a minute is the least: 1m": "um minuto é o mínimo: 1m",
    "`{0}` is too long": "`{0}` é longo demais",
    "ten years are the most: 3650d": "dez anos são o máximo: 3650d",
    "the environment variable {0} is not set": "a variável de ambiente {0} não está definida",
    "set it where Shoal runs": "defina-a onde o Shoal roda",
    "the mapping file `{0}` is not UTF-8 text": "o arquivo de mapeamento `{0}` não é texto UTF-8",
    "there is no readable mapping file `{0}`": (
        "não há um arquivo de mapeamento `{0}` que se possa ler"
    ),
    "there is no mapping file `{0}` and none of that name comes with Shoal": (
        "não existe o arquivo de mapeamento `{0}`, e nenhum com esse nome vem com o Shoal"
    ),
}

PHRASES: Mapping[str, str] = {**COLUMNS, **FILES, **PLACES, **DEFINED}
