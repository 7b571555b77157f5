date 2026-11-30
# bitacora
Texto.
