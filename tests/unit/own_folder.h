/* The folder in which a program of unit tests works. */
#ifndef TESTS_UNIT_OWN_FOLDER_H
#define TESTS_UNIT_OWN_FOLDER_H

/* The folder in which the program was started; "." before its tests begin. */
const char *own_folder_began_in(void);

#endif
