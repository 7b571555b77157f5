/* The names of the laws of Mexico that rules and codes cite. */
#include "client/show/label.h"

// clang-format off
static const struct {
    const char *code; /* NULL behind the last */
    const char *in[2];
} laws[] = {
    { "CFF", { "Código Fiscal de la Federación (federal tax code)", "Código Fiscal de la Federación" } },
    { "CNPP", { "Código Nacional de Procedimientos Penales (national code of criminal procedure)", "Código Nacional de Procedimientos Penales" } },
    { "CPEUM", { "Constitución Política de los Estados Unidos Mexicanos (the constitution)", "Constitución Política de los Estados Unidos Mexicanos" } },
    { "LFCDO", { "Ley Federal contra la Delincuencia Organizada (federal law against organised crime)", "Ley Federal contra la Delincuencia Organizada" } },
    { "LFPIORPI", { "Ley Federal para la Prevención e Identificación de Operaciones con Recursos de Procedencia Ilícita (federal law against money laundering)", "Ley Federal para la Prevención e Identificación de Operaciones con Recursos de Procedencia Ilícita" } },
    { "LFTR", { "Ley Federal de Telecomunicaciones y Radiodifusión (former federal law on telecommunications)", "Ley Federal de Telecomunicaciones y Radiodifusión" } },
    { "LGEXT", { "Ley General para Prevenir, Investigar y Sancionar los Delitos en Materia de Extorsión (general law on extortion)", "Ley General para Prevenir, Investigar y Sancionar los Delitos en Materia de Extorsión" } },
    { "LGMDFP", { "Ley General en Materia de Desaparición Forzada de Personas, Desaparición Cometida por Particulares y del Sistema Nacional de Búsqueda de Personas (general law on missing persons)", "Ley General en Materia de Desaparición Forzada de Personas, Desaparición Cometida por Particulares y del Sistema Nacional de Búsqueda de Personas" } },
    { "LGN", { "Ley de la Guardia Nacional (law on the national guard)", "Ley de la Guardia Nacional" } },
    { "LGPDPPSO", { "Ley General de Protección de Datos Personales en Posesión de Sujetos Obligados (general law on data protection by public bodies)", "Ley General de Protección de Datos Personales en Posesión de Sujetos Obligados" } },
    { "LIC", { "Ley de Instituciones de Crédito (law on banks)", "Ley de Instituciones de Crédito" } },
    { "LMTR", { "Ley en Materia de Telecomunicaciones y Radiodifusión (law on telecommunications and broadcasting)", "Ley en Materia de Telecomunicaciones y Radiodifusión" } },
    { "LSN", { "Ley de Seguridad Nacional (national security law)", "Ley de Seguridad Nacional" } },
    { "LSNIIMSP", { "Ley del Sistema Nacional de Investigación e Inteligencia en Materia de Seguridad Pública (law on the national system of intelligence for public security)", "Ley del Sistema Nacional de Investigación e Inteligencia en Materia de Seguridad Pública" } },
    { NULL, { NULL, NULL } },
};
// clang-format on

bool label_law(size_t i, const char **abbreviation, const char **name)
{
    if (laws[i].code == NULL)
        return false;
    *abbreviation = laws[i].code;
    *name = laws[i].in[language_get()];
    return true;
}
