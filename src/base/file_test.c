#include "base/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

/* A folder of the test's own, in which it stands. */
static char folder[] = "/tmp/cellfree-file-XXXXXX";

static int entries(void)
{
    DIR *d = opendir(".");
    if (!d) return -1;
    int n = -2; /* . and .. */
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

/* 1 if the file is there and holds `want`. */
static int holds(const char *path, const char *want)
{
    unsigned char *data;
    size_t size;
    if (file_read(path, &data, &size) != CF_OK) return 0;
    const int same = size == strlen(want) && memcmp(data, want, size + 1) == 0;
    free(data);
    return same;
}

static int mentions(const char *word)
{
    return strstr(cf_last_error(), word) != NULL;
}

static void what_is_written_is_read_back(void)
{
    static const unsigned char BYTES[] = {0, 255, '\n', '\r', 0, 26, 128};
    unsigned char *data = NULL;
    size_t size = 0;
    CHECK(file_write("bytes", BYTES, sizeof BYTES) == CF_OK);
    CHECK(file_read("bytes", &data, &size) == CF_OK);
    CHECK(size == sizeof BYTES && memcmp(data, BYTES, size) == 0 && data[size] == 0);
    free(data);
    CHECK(file_write("bytes", "", 0) == CF_OK && holds("bytes", ""));
    CHECK(file_write("bytes", "new", 3) == CF_OK && holds("bytes", "new"));
    CHECK(entries() == 1);
    CHECK(unlink("bytes") == 0);
}

static void a_large_file_is_whole(void)
{
    enum { SIZE = 3000001 };
    unsigned char *bytes = malloc(SIZE), *data = NULL;
    size_t size = 0;
    CHECK(bytes != NULL);
    for (int i = 0; i < SIZE; i++) bytes[i] = (unsigned char)(i * 31 + i / 256);
    CHECK(file_write("large", bytes, SIZE) == CF_OK);
    CHECK(file_read("large", &data, &size) == CF_OK && size == SIZE);
    CHECK(memcmp(data, bytes, SIZE) == 0);
    free(bytes);
    free(data);
    CHECK(unlink("large") == 0);
}

static void reading_what_is_not_a_file_fails_and_names_it(void)
{
    unsigned char *data = (unsigned char *)folder;
    size_t size = 17;
    CHECK(file_read("absent", &data, &size) == CF_EIO && mentions("absent"));
    CHECK(file_read(".", &data, &size) == CF_EIO && mentions("."));
    CHECK(file_read("/dev/null", &data, &size) == CF_EIO && mentions("/dev/null"));
    CHECK(file_read("", &data, &size) == CF_EIO);
    CHECK(data == (unsigned char *)folder && size == 17);
}

/* A pipe has no size, and opening it must not wait for somebody to write. */
static void reading_a_pipe_fails_at_once(void)
{
    unsigned char *data;
    size_t size;
    CHECK(mkfifo("pipe", 0600) == 0);
    alarm(20);
    CHECK(file_read("pipe", &data, &size) == CF_EIO && mentions("pipe"));
    alarm(0);
    CHECK(unlink("pipe") == 0);
}

static void a_file_that_others_may_not_read_is_refused(void)
{
    unsigned char *data;
    size_t size;
    CHECK(file_write("mine", "x", 1) == CF_OK);
    CHECK(chmod("mine", 0) == 0);
    if (geteuid() != 0) CHECK(file_read("mine", &data, &size) == CF_EIO && mentions("mine"));
    CHECK(unlink("mine") == 0);
}

static void a_missing_folder_or_one_that_is_a_file_is_an_error(void)
{
    CHECK(file_write("no/such/file", "x", 1) == CF_EIO && mentions("no/such/file"));
    CHECK(file_write("file", "x", 1) == CF_OK);
    CHECK(file_write("file/below", "x", 1) == CF_EIO && mentions("file/below"));
    CHECK(file_write("", "x", 1) == CF_EIO);
    CHECK(holds("file", "x") && entries() == 1);
    CHECK(unlink("file") == 0);
}

static void a_target_that_is_a_folder_or_a_device_is_left_alone(void)
{
    CHECK(mkdir("target", 0700) == 0);
    CHECK(file_write("target", "x", 1) == CF_EIO && mentions("target"));
    CHECK(file_write("target/", "x", 1) == CF_EIO);
    CHECK(file_write("/dev/null", "x", 1) == CF_EIO && mentions("/dev/null"));
    struct stat st;
    CHECK(stat("target", &st) == 0 && S_ISDIR(st.st_mode));
    CHECK(entries() == 1);
    CHECK(rmdir("target") == 0);
}

/* root writes anywhere, but nobody makes files in /proc. */
static void an_unwritable_folder_is_an_error(void)
{
    CHECK(file_write("/proc/cellfree", "x", 1) == CF_EIO && mentions("/proc/cellfree"));
    if (geteuid() == 0) return;
    CHECK(mkdir("locked", 0500) == 0);
    CHECK(file_write("locked/file", "x", 1) == CF_EIO && mentions("locked/file"));
    CHECK(rmdir("locked") == 0);
}

static void a_name_that_is_too_long_is_an_error(void)
{
    char name[400];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    CHECK(file_write(name, "x", 1) == CF_EIO);
    CHECK(entries() == 0);
}

/* The limit on file sizes stands for a disk that is full: the old file stays, and nothing else. */
static void a_full_disk_leaves_the_old_file(void)
{
    enum { SIZE = 100000 };
    char *bytes = calloc(1, SIZE);
    struct rlimit old;
    CHECK(bytes != NULL);
    CHECK(file_write("kept", "old", 3) == CF_OK);
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    const struct rlimit small = {.rlim_cur = 1000, .rlim_max = old.rlim_max};
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const cf_status many = file_write("kept", bytes, SIZE); /* fails while it writes */
    const cf_status few = file_write("kept", bytes, 1001);  /* fails when it closes */
    const cf_status first = file_write("other", bytes, SIZE);
    const int told = mentions("other");
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(many == CF_EIO && few == CF_EIO && first == CF_EIO && told);
    CHECK(holds("kept", "old") && entries() == 1);
    CHECK(file_write("kept", "new", 3) == CF_OK && holds("kept", "new"));
    CHECK(unlink("kept") == 0);
    free(bytes);
}

/* The name stands beside the target, empty; the target is as it was until the commit. */
static void a_temporary_is_committed_or_abandoned(void)
{
    char *name = NULL;
    CHECK(file_write("target", "old", 3) == CF_OK);
    CHECK(file_temporary("target", &name) == CF_OK && name != NULL);
    CHECK(strcmp(name, "target") != 0 && holds(name, "") && holds("target", "old"));
    file_abandon(name);
    CHECK(entries() == 1 && holds("target", "old"));
    CHECK(file_temporary("target", &name) == CF_OK);
    FILE *f = fopen(name, "wb");
    CHECK(f && fputs("new", f) >= 0 && fclose(f) == 0);
    CHECK(holds("target", "old"));
    CHECK(file_commit(name, "target") == CF_OK);
    CHECK(entries() == 1 && holds("target", "new"));
    file_abandon(NULL);
    CHECK(unlink("target") == 0);
}

static void a_commit_that_cannot_be_is_an_error_and_cleans_up(void)
{
    char *name = NULL;
    CHECK(file_temporary("target", &name) == CF_OK);
    CHECK(mkdir("target", 0700) == 0); /* came in between */
    CHECK(file_commit(name, "target") == CF_EIO && mentions("target"));
    CHECK(entries() == 1);
    CHECK(rmdir("target") == 0);
    CHECK(file_temporary("target", &name) == CF_OK);
    CHECK(unlink(name) == 0); /* somebody removed it */
    CHECK(file_commit(name, "target") == CF_EIO);
    CHECK(entries() == 0);
}

/* What a process that died left under the same name must not stop the next. */
static void what_was_left_behind_stops_nobody(void)
{
    char left[64];
    snprintf(left, sizeof left, "target.tmp%ld.0", (long)getpid());
    FILE *f = fopen(left, "wb");
    CHECK(f && fputs("half", f) >= 0 && fclose(f) == 0);
    CHECK(file_write("target", "whole", 5) == CF_OK && holds("target", "whole"));
    unlink(left);
    CHECK(unlink("target") == 0);
}

/* Vectors of FNV-1a, 64 bits, from its authors. */
static void hashes_are_fnv_1a(void)
{
    CHECK(file_hash(FILE_HASH, "", 0) == UINT64_C(0xcbf29ce484222325));
    CHECK(file_hash(FILE_HASH, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    CHECK(file_hash(FILE_HASH, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    CHECK(file_hash(file_hash(FILE_HASH, "foo", 3), "bar", 3) == UINT64_C(0x85944171f73967e8));
}

int main(void)
{
    if (!mkdtemp(folder) || chdir(folder) != 0) return 2;
    RUN(what_is_written_is_read_back);
    RUN(a_large_file_is_whole);
    RUN(reading_what_is_not_a_file_fails_and_names_it);
    RUN(reading_a_pipe_fails_at_once);
    RUN(a_file_that_others_may_not_read_is_refused);
    RUN(a_missing_folder_or_one_that_is_a_file_is_an_error);
    RUN(a_target_that_is_a_folder_or_a_device_is_left_alone);
    RUN(an_unwritable_folder_is_an_error);
    RUN(a_name_that_is_too_long_is_an_error);
    RUN(a_full_disk_leaves_the_old_file);
    RUN(a_temporary_is_committed_or_abandoned);
    RUN(a_commit_that_cannot_be_is_an_error_and_cleans_up);
    RUN(what_was_left_behind_stops_nobody);
    RUN(hashes_are_fnv_1a);
    if (chdir("/") != 0 || rmdir(folder) != 0) return 2;
    return DONE();
}
