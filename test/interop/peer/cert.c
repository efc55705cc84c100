/*  Writes and reads certificates with CZMQ.
 *
 *  cert new FILE [NAME VALUE]...   prints the public and the secret key
 *  cert load FILE                  the same, and a line NAME=VALUE for each
 */
#include <czmq.h>

int main(int argc, char **argv)
{
    zcert_t *c;
    zlist_t *keys;
    char *name;
    int i;

    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "new") == 0) {
        c = zcert_new();
        for (i = 3; i + 1 < argc; i += 2)
            zcert_set_meta(c, argv[i], "%s", argv[i + 1]);
        if (zcert_save(c, argv[2]) != 0)
            return 1;
    } else {
        c = zcert_load(argv[2]);
        if (!c)
            return 1;
    }
    printf("%s\n%s\n", zcert_public_txt(c), zcert_secret_txt(c));
    keys = zcert_meta_keys(c);
    for (name = zlist_first(keys); name; name = zlist_next(keys))
        printf("%s=%s\n", name, zcert_meta(c, name));
    zlist_destroy(&keys);
    zcert_destroy(&c);
    return 0;
}
