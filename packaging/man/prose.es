date 2026-11-30

# bitacora
`bitacora` firma solicitudes de datos personales y las hace asentar en una bitácora. También verifica
lo que una bitácora dice, sin confiar en quien la opera.

Quien verifica solo necesita una política: un archivo con la clave pública de la bitácora, sus
testigos y cuántos de ellos deben coincidir. Véase bitacora-policy(5).

Las órdenes que leen una bitácora preguntan en la dirección de la política, o en la de --log. Con
--dir leen la carpeta de una copia. Verifican toda la bitácora; lo que no se puede probar no se
contesta.

## JSON
Con --json los resultados son objetos JSON en la salida estándar, cada uno en su línea, y lo que es
para personas va a la salida de errores.

Si una orden no pudo dar su resultado, el último objeto tiene un miembro `error`:

    {"ok":null,"error":{"code":"policy","message":"no se pudo leer la política p: ..."}}

`code` es estable; `message` es para personas. docs/INTERFACES.md, 10.1 y 10.2, tiene todos los
miembros.

## EJEMPLOS
Todo el contenido de una bitácora, y que nada está mal en él:

    bitacora replay --policy politica --state replay.state

Un recibo, sin red:

    bitacora verify --policy politica recibo.tlog-proof

# bitacora-keygen
El archivo de la clave privada no debe existir aún. Se escribe solo para su dueño.

## EJEMPLOS
    bitacora keygen a.lopez.fgr.example.mx --out lopez.key

# bitacora-key
## EJEMPLOS
    bitacora key show lopez.key
    bitacora key encrypt lopez.key

# bitacora-enroll
Un registrador firma quién puede actuar en la bitácora desde ahora. Un alta es un asiento, y una
revocación también: ninguna se puede deshacer.

## EJEMPLOS
    bitacora enroll --policy politica --key registrador.key --vkey "$vkey" --role requester --authority mx.fgr --level federal

# bitacora-revoke
Con --reason `key_compromise` y --since queda en duda todo lo que la clave firmó desde entonces.

## EJEMPLOS
    bitacora revoke --policy politica --key registrador.key --vkey "$vkey" --reason left_office

# bitacora-submit
Cada línea es un objeto JSON: `kind` y los miembros de ese tipo, que describe bitacora-schema(1).
`id`, `at` y `under` se completan si faltan. Un registro que ya está en la bitácora se encuentra en
ella y no se duplica, si su `id` y su `at` están en la línea.

## EJEMPLOS
    bitacora submit --policy politica --key lopez.key --check solicitudes.jsonl
    bitacora submit --policy politica --key lopez.key --receipts recibos solicitudes.jsonl

# bitacora-import
Los registros van a la salida estándar, para bitacora-submit(1).

## EJEMPLOS
    bitacora import ts103120 mensaje.json

# bitacora-verify
Un recibo contiene un asiento, la prueba de que está en la bitácora, y un punto de control que
firmaron la bitácora y sus testigos. Para verificarlo solo hace falta la política, también años
después.

## EJEMPLOS
    bitacora verify --policy politica recibos/17.tlog-proof
    bitacora verify --policy politica --opening apertura recibos/17.tlog-proof

# bitacora-receipt
## EJEMPLOS
    bitacora receipt show --policy politica recibos/17.tlog-proof
    bitacora receipt show --policy politica --html recibos/17.tlog-proof

# bitacora-verify-evidence
Una evidencia muestra que la clave de una bitácora firmó dos cosas que se contradicen. Convence a
cualquiera que tenga la política. Salida 0: prueba lo que dice; 1: no lo prueba; 3: no es una
evidencia.

## EJEMPLOS
    bitacora verify-evidence --policy politica bitacora.evidence-0123456789abcdef

# bitacora-answer
Todo lo que hay bajo una clave es un archivo, que también prueba que está completo.

## EJEMPLOS
    bitacora answer --policy politica --warrant 37/2026 --out 37.answer
    bitacora verify --policy politica 37.answer

# bitacora-replay
Se verifican cadena, árbol, punto de control, cada firma y cada alta. Con --state la próxima vez se
sigue donde esta terminó, y se descubre una bitácora que desde entonces cambió su pasado.

## EJEMPLOS
    bitacora replay --policy politica --state replay.state
    bitacora replay --policy politica --dir copia --structure

# bitacora-audit
Un hallazgo es una pregunta para un juez, no una sentencia. docs/RULES.md dice exactamente cuándo
cada regla responde qué.

## EJEMPLOS
    bitacora audit --policy politica
    bitacora audit --policy politica --json --fail-on critical

# bitacora-warrant
## EJEMPLOS
    bitacora warrant check 37/2026 --policy politica
    bitacora warrant check 37/2026 --policy politica --html

# bitacora-report
Se ocultan los números tan pequeños que podrían mostrar de quién se trata.

## EJEMPLOS
    bitacora report --policy politica --from 2026-01 --to 2026-12 --by authority --out informe.html
    bitacora report --policy politica --check informe.html

# bitacora-notify
## EJEMPLOS
    bitacora notify due --policy politica --key vigilancia.key --out cartas
    bitacora notify sent --policy politica --key vigilancia.key --means post 17
    bitacora notify find --policy politica --key vigilancia.key --type curp --value -

# bitacora-signers
## EJEMPLOS
    bitacora signers --policy politica
    bitacora signers --policy politica --at 1234

# bitacora-mirror
Solo se escribe lo que se verificó. Cualquier servidor web puede servir la carpeta, y se lee con
--dir.

## EJEMPLOS
    bitacora mirror --policy politica copia
    bitacora mirror --policy politica --follow --every 60 copia

# bitacora-witness
Un testigo solo cofirma un punto de control si la bitácora creció desde el último que cofirmó, y lo
prueba. Lo que cofirmó por última vez está en la carpeta de --state: nunca la copie ni vuelva a una
anterior.

## EJEMPLOS
    bitacora keygen testigo.example.mx --witness --out testigo.key
    bitacora witness --policy politica --key testigo.key --listen 127.0.0.1:8421 --state testigo --begin

# bitacora-new
`bitacora new TIPO --help` enumera los miembros de ese tipo, qué lleva cada uno, y los códigos de las
reglas. Lo que no se da se pregunta, en una terminal. Lo que puede nombrar a una persona se borra de
la lista de procesos en cuanto se lee; con @ARCHIVO o - no llega a la línea de órdenes.

## EJEMPLOS
    bitacora new request --policy politica --key lopez.key --private lopez.privado

# bitacora-open
## EJEMPLOS
    bitacora open --policy politica --key vigilancia.key recibos/17.tlog-proof

# bitacora-disclose
Una apertura muestra a una persona de un asiento, y a ninguna otra.

## EJEMPLOS
    bitacora disclose --policy politica --private lopez.privado --out apertura recibos/17.tlog-proof

# bitacora-present
Una presentación vale cinco minutos, y solo ante este poseedor de datos. Con una apertura contiene
el identificador de la persona: envíela por TLS y guárdela solo lo que haga falta.

## EJEMPLOS
    bitacora present --policy politica --key lopez.key --holder mx.telco --opening apertura recibos/17.tlog-proof >presentacion

# bitacora-gate
La puerta de un poseedor de datos está detrás del proxy que da acceso a los datos, y se le pregunta
antes de cada consulta. Da boletos por las solicitudes que se presentan (bitacora-present(1)), y dice
de cada boleto de qué persona y de qué categorías pueden salir datos. docs/GATE.es.md la muestra con
nginx y PostgreSQL.

Quien tiene la clave de --key puede hacer boletos: es de la puerta y de nadie más. La carpeta de
--state es para una sola puerta; su diario es la constancia de lo que salió, y crece un archivo por
día.

## EJEMPLOS
    bitacora gate --policy politica --key poseedor.key --listen 127.0.0.1:8430 --state puerta --trusted-proxy 127.0.0.1

# bitacora-pin
## EJEMPLOS
    bitacora ruleset --newest --print
    bitacora pin --policy politica --key registrador.key reglas.json

# bitacora-schema
## EJEMPLOS
    bitacora schema request

# bitacora-ruleset
## EJEMPLOS
    bitacora ruleset
    bitacora ruleset reglas.json

# bitacora-page
La página no contiene ni política ni recibo: quien la lee suelta ambos en ella.

## EJEMPLOS
    bitacora page --out bitacora.html

# bitacora-access
## EJEMPLOS
    bitacora access --policy politica --key vigilancia.key

# bitacora-confront
Que la bitácora contiene el punto de control lo prueba el más reciente (código de salida 0). Todo lo
demás que contesta es su palabra y no prueba nada: el código de salida es 3.

## EJEMPLOS
    bitacora confront --policy politica recibos/17.tlog-proof

# bitacora-show
## EJEMPLOS
    bitacora show --policy politica 17
    bitacora show --policy politica recibos/17.tlog-proof

# bitacora-export
## EJEMPLOS
    bitacora export --policy politica --csv
    bitacora export --policy politica --dir copia --kind request --authority mx.fgr

# bitacorad
`bitacorad` ordena los registros de una bitácora, los guarda y sirve sus pruebas. No hay que confiar
en él: quien lee la bitácora la verifica con bitacora(1).

Una bitácora se crea una vez, con `bitacorad init`, y se sirve con `bitacorad run`. Su carpeta
pertenece a un solo proceso a la vez. docs/OPERATIONS.es.md recorre la vida de una bitácora, de su
clave a su final.

## SEÑALES
SIGTERM, SIGINT
: terminan la bitácora después de contestar lo que está en curso.

SIGHUP
: lee de nuevo los ajustes, la política y los archivos de TLS. Lo que necesita un reinicio queda como
está, y el registro del daemon lo dice.

## ARCHIVOS
/etc/bitacora/bitacorad.conf
: los ajustes, donde los busca la unidad de systemd: bitacorad.conf(5).

/etc/bitacora/policy
: los testigos de la bitácora: bitacora-policy(5).

/var/lib/bitacora/log
: la bitácora. Nunca la copie mientras está en marcha: eso hace `bitacorad backup`.

## EJEMPLOS
    bitacorad init --dir datos --origin log.example.mx/2026 --registrar "$vkey"
    bitacorad run --dir datos --listen 127.0.0.1:8420

# bitacorad.conf
Ajustes de `bitacorad run`, en el archivo de --config. Una línea es

    nombre = valor

Un `#` empieza un comentario; en un texto solo al principio o tras un espacio. Un ajuste está una
sola vez. Lo que no está vale lo que vale si falta. `bitacorad run --check` dice qué está mal en el
archivo, y no arranca nada.

Una ruta vale como está: una relativa lo es a la carpeta donde se arrancó el daemon.

## EJEMPLOS
    listen = 0.0.0.0:8443
    tls_cert = /etc/bitacora/tls/fullchain.pem
    tls_key = /etc/bitacora/tls/privkey.pem
    log_level = warning

# bitacora-policy
Una política dice de qué bitácora se trata, qué testigos la vigilan, y cuántos de ellos deben haber
cofirmado lo que se cree. Quien verifica la tiene de alguien en quien confía, no de la bitácora. Es
un archivo de tlog-policy de C2SP (https://c2sp.org/tlog-policy) con estas líneas:

`log` VKEY [URL]
: la clave pública de la bitácora, como la imprime `bitacorad init`, y dónde está. Varias líneas con un
nombre son claves de una bitácora.

`witness` NOMBRE VKEY [URL]
: la clave pública de un testigo, como la imprime bitacora-keygen(1) con --witness. El daemon
necesita su URL.

`group` NOMBRE `all`|`any`|N MIEMBRO...
: coincide si lo hacen todos, alguno o N de sus miembros, que son testigos y grupos. Un nombre está
en un grupo a lo sumo.

`quorum` NOMBRE|`none`
: quién debe haber cofirmado. Exactamente una línea. Con `none` una bitácora puede mostrar historias
distintas a personas distintas, y nadie lo nota.

Un `#` empieza un comentario; cada línea termina con un salto de línea. Un archivo tiene a lo sumo
1 MiB, 64 bitácoras, 62 testigos y 64 grupos.

Con n testigos, de los que f pueden ser deshonestos, un quórum necesita más de (n + f) / 2:
--tolerate dice si los tiene.

## ENTORNO
`BITACORA_POLICY`
: la política, si no hay --policy.

## EJEMPLOS
    log log.example.mx/2026+0123abcd+AWFh... https://log.example.mx
    witness a w.example.mx+89abcdef+BGFh... https://w.example.mx
    witness b v.example.org+01234567+BGJi... https://v.example.org
    witness c u.example.net+76543210+BGNj... https://u.example.net
    group dos 2 a b c
    quorum dos
