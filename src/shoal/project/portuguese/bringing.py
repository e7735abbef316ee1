"""Portuguese of how a file is understood."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "Row {0} becomes: {1} did {2} on {3}": "A linha {0} vira: {1} fez {2} em {3}",
    "; and {0} ({1}): {2}": "; e {0} ({1}): {2}",
    "customer {0}": "o cliente {0}",
    "anonymous visitor {0}": "o visitante anônimo {0}",
    "Row {0} becomes: {1} has {2}{3}": "A linha {0} vira: {1} tem {2}{3}",
    " with {0}": " com {0}",
    "1 line": "1 linha",
    "{0} lines, the first": "{0} linhas, a primeira",
    " and {0} more": " e mais {0}",
    "No row becomes an event.": "Nenhuma linha vira evento.",
    " from {0} on": " a partir de {0}",
    "nothing": "nada",
    "not {0}: unset": "não é {0}: fica vazio",
    "an amount of money": "um valor em dinheiro",
    "a boolean": "um sim ou não",
    "The first rows give {0}.": "As primeiras linhas dão {0}.",
    "profiles": "perfis",
    "Columns that are not used: {0}.": "Colunas que não são usadas: {0}.",
    "1 row": "1 linha",
    "{0} rows": "{0} linhas",
    "{0} of the first {1} cannot be imported and go to quarantine:": (
        "{0} das primeiras {1} não podem ser importadas e vão para a quarentena:"
    ),
    "{0} rows meet no condition of the mapping and are passed over.": (
        "{0} linhas não cumprem condição alguma do mapeamento e ficam de fora."
    ),
    "Note: {0}.": "Nota: {0}.",
    "{0} characters are not {1} and were replaced": (
        "{0} caracteres não são {1} e foram substituídos"
    ),
    "{0} lines are not UTF-8 and were read as Windows-1252": (
        "{0} linhas não são UTF-8 e foram lidas como Windows-1252"
    ),
    "the numbers of `{1}` have a decimal comma": "os números de `{1}` têm vírgula decimal",
    "the commas of `{1}` could be of thousands or of decimals, so its numbers are not read with"
    " them: write it with decimal points and nothing between thousands": (
        "as vírgulas de `{1}` podem ser de milhares ou de decimais, por isso os números não são"
        " lidos com elas: escreva a coluna com ponto decimal e nada entre os milhares"
    ),
    "column {1} has no name and is called `{2}`": "a coluna {1} não tem nome e passa a ser `{2}`",
    "`{1}` stands twice in the header; the later one is `{2}`": (
        "`{1}` aparece duas vezes no cabeçalho; a segunda passa a ser `{2}`"
    ),
    "`{1}` is taken; column `{2}` is called `{3}`": (
        "`{1}` já existe; a coluna `{2}` passa a ser `{3}`"
    ),
    "`{1}` is an array of objects; its {0} elements are lines of their events": (
        "`{1}` é uma lista de objetos; os seus {0} elementos são linhas dos seus eventos"
    ),
    "column `{1}` holds decimal numbers; as ids, whole ones are written without a point"
    " (12345.0 is `12345`)": (
        "a coluna `{1}` tem números decimais; como identificadores, os inteiros são escritos sem"
        " ponto (12345.0 é `12345`)"
    ),
    "`{1}` was not judged: install the extra for it (pip install 'shoal[sentiment]'), or send it as"
    " a column": (
        "`{1}` não foi avaliado: instale o extra (pip install 'shoal[sentiment]'), ou envie-o como"
        " coluna"
    ),
    "{0} cells of `{1}` are not numbers and count as unset in sums": (
        "{0} células de `{1}` não são números e contam como vazias em somas"
    ),
    "the file has no rows": "o arquivo não tem linhas",
    "no traits": "nenhuma característica",
    "1 cell does": "1 célula não se converte",
    "{0} cells do": "{0} células não se convertem",
    "`{0}.{1}` is {2}; {3} not convert and will be unset, for example `{4}` in row {5}.": (
        "`{0}.{1}` é {2}; {3} e ficarão vazias, por exemplo `{4}` na linha {5}."
    ),
    "`{0}.{1}`: {2} cells are NaN or infinite: unset.": (
        "`{0}.{1}`: {2} células são NaN ou infinitas: ficam vazias."
    ),
    "  row {0}: {1}": "  linha {0}: {1}",
    "says who it was": "diz quem foi",
    ", written as {0}": ", escritas como {0}",
    "`{0}` says when: its cells are times{1}": "`{0}` diz quando: as células são datas{1}",
    "`{0}` begins with C where an order was cancelled": (
        "`{0}` começa com C onde um pedido foi cancelado"
    ),
    "what happened is not said; the file's name is taken: `{0}`": (
        "não está dito o que aconteceu; toma-se o nome do arquivo: `{0}`"
    ),
    "says which visitor it was": "diz qual visitante foi",
    "no column looks like a customer's id: give --user COL": (
        "nenhuma coluna parece o código de um cliente: diga qual é"
    ),
    "each row is another customer, so the columns are their traits": (
        "cada linha é outro cliente, então as colunas são as suas características"
    ),
    "days and months cannot be told apart: {0} ({1} is taken; say it with --time-format)": (
        "não dá para distinguir dias de meses: {0} (toma-se {1}; diga o formato da data)"
    ),
    "`{0}` names each row, so a row comes in once": (
        "`{0}` nomeia cada linha, então uma linha entra uma vez"
    ),
    "an order's revenue is {0}": "a receita de um pedido é {0}",
    "each row is an order, by the names of the file and its columns": (
        "cada linha é um pedido, pelos nomes do arquivo e das colunas"
    ),
    "no column looks like a time: give --time COL, or --profiles": (
        "nenhuma coluna parece uma data: diga qual é, ou que as linhas são clientes"
    ),
    "rows with the same `{0}` are the lines of one order: {1} in {2} rows": (
        "linhas com o mesmo `{0}` são as linhas de um pedido: {1} em {2} linhas"
    ),
    "each row is `{0}`, by the name of the file": "cada linha é `{0}`, pelo nome do arquivo",
    "`{0}` {1}, by its name": "`{0}` {1}, pelo nome",
    "`{0}` says what happened: {1} different names in {2} rows": (
        "`{0}` diz o que aconteceu: {1} nomes diferentes em {2} linhas"
    ),
    "nobody is named: `{0}` is empty": "ninguém é nomeado: `{0}` está vazia",
    "has no time: `{0}` is empty": "não tem data: `{0}` está vazia",
    "`{0}` is not a time: `{1}`": "`{0}` não é uma data: `{1}`",
    "`{0}` is before 1684 or after 2255: `{1}`": "`{0}` é antes de 1684 ou depois de 2255: `{1}`",
    "no event is named: `{0}` is empty": "nenhum evento é nomeado: `{0}` está vazia",
    "`{0}` is empty": "`{0}` está vazia",
    "{0} where the header has {1}": "{0} onde o cabeçalho tem {1}",
    "{0} {0:cell|cells}": "{0} {0:célula|células}",
    "a quoted cell is not closed": "uma célula entre aspas não é fechada",
    "holds a NUL byte": "contém um byte NUL",
    "is JSON, but no object": "é JSON, mas não um objeto",
    "is nested too deeply": "tem níveis demais",
}
