#include "client/gate/gate_tell.h"

void gate_tell_stand(enum gate_stand stand)
{
    switch (stand) {
    case STAND_KNOWN:
        say(TR("the gate knows the log again", "la puerta conoce de nuevo la bitácora"));
        break;
    case STAND_UNKNOWN:
        say(TR("the gate does not know the log as it is now: nothing is let in once that is too "
               "old; it is asked again",
               "la puerta no conoce la bitácora como está ahora: nada se deja pasar cuando eso sea "
               "demasiado viejo; se vuelve a preguntar"));
        break;
    case STAND_UNWITNESSED:
        say(TR("the log has signed entries that its witnesses have not cosigned: nothing is let in "
               "once what is known is too old; it is asked again",
               "la bitácora firmó asientos que sus testigos no han cofirmado: nada se deja pasar "
               "cuando lo conocido sea demasiado viejo; se vuelve a preguntar"));
        break;
    case STAND_NO_HOLDER:
        say(TR("the log enrols this key for no data holder: nothing is let in until it does",
               "la bitácora no da de alta esta clave para ningún poseedor de datos: hasta entonces "
               "nada se deja pasar"));
        break;
    }
}

void gate_tell_bad_entries(void)
{
    say(TR("WARNING: this log holds entries that are proven bad; they count for nothing here. See "
           "`bitacora replay`",
           "AVISO: esta bitácora contiene asientos que están probados como malos; aquí no cuentan. "
           "Vea `bitacora replay`"));
}
