#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cellfree/policy.h>

#include "base/text.h"
#include "policy/policy.h"
#include "policy/safetensors.h"

#include "t.h"

static cf_policy *policy_of(const char *class, const double *size)
{
    cf_policy *p = NULL;
    CHECK(policy_make(&p, policy_class_named(class), size) == CF_OK);
    p->class->init(&p->table, p->size, 7, p->params);
    return p;
}

/* The smallest there is, so that every bit of its file can be tried. */
static cf_policy *tiny(void)
{
    return policy_of("hpe", (const double[]){1, 1, 2, -111.61, 1.0 / 3, -86.84029654543082});
}

static void read_back(const char *path, unsigned char **data, size_t *size)
{
    CHECK(file_read(path, data, size) == CF_OK);
}

/* Without the sync of file_write, nor that of file systems when a file is overwritten: they would
 * take most of a test's time. */
static void put(const char *path, const void *data, size_t size)
{
    unlink(path);
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

static int32_t same_files(const char *a, const char *b)
{
    unsigned char *x, *y;
    size_t n, m;
    read_back(a, &x, &n);
    read_back(b, &y, &m);
    const int32_t same = n == m && memcmp(x, y, n) == 0;
    free(x);
    free(y);
    return same;
}

static void every_architecture_survives_its_file(void)
{
    for (int32_t i = 0; policy_classes[i]; i++) {
        cf_policy *p = policy_of(policy_classes[i]->name, NULL), *q = NULL;
        CHECK(policy_set_meta(p, "scenario", "mmwave-small") == CF_OK);
        CHECK(policy_set_meta(p, "note", "two\nlines, \"quotes\" and \xc3\xa9") == CF_OK);
        CHECK(cf_policy_save(p, "a.safetensors") == CF_OK);
        CHECK(cf_policy_load(&q, "a.safetensors") == CF_OK);
        CHECK(strcmp(cf_policy_architecture(q), policy_classes[i]->name) == 0);
        CHECK(memcmp(p->size, q->size, (size_t)p->class->n_sizes * sizeof *p->size) == 0);
        CHECK(p->table.size == q->table.size);
        CHECK(memcmp(p->params, q->params, (size_t)p->table.size * sizeof(real)) == 0);
        CHECK(strcmp(cf_policy_meta(q, "scenario"), "mmwave-small") == 0);
        CHECK(strcmp(cf_policy_meta(q, "note"), cf_policy_meta(p, "note")) == 0);
        CHECK(cf_policy_meta(q, "format") == NULL && cf_policy_meta_key(q, 2) == NULL);
        CHECK(cf_policy_save(q, "b.safetensors") == CF_OK);
        CHECK(same_files("a.safetensors", "b.safetensors"));
        cf_policy_free(p);
        cf_policy_free(q);
    }
    unlink("a.safetensors");
    unlink("b.safetensors");
}

static void sizes_round_trip_exactly(void)
{
    cf_policy *p = tiny(), *q = NULL;
    p->size[3] = nextafter(-111.6, 0);
    CHECK(cf_policy_save(p, "a.safetensors") == CF_OK);
    CHECK(cf_policy_load(&q, "a.safetensors") == CF_OK);
    CHECK(q->size[3] == p->size[3] && q->size[4] == 1.0 / 3);
    cf_policy_free(p);
    cf_policy_free(q);
    unlink("a.safetensors");
}

/* Not taken, for the reason that `word` gives, and the file is named. */
static void is_refused(const char *path, const char *word)
{
    cf_policy *p = NULL;
    const cf_status s = cf_policy_load(&p, path);
    if (s != CF_EFORMAT || !strstr(cf_last_error(), word))
        fprintf(stderr, "  got %d: %s\n  want: %s\n", s, cf_last_error(), word);
    CHECK(s == CF_EFORMAT && strstr(cf_last_error(), word));
    CHECK(strncmp(cf_last_error(), path, strlen(path)) == 0 && p == NULL);
}

static void truncated_at_every_length_is_refused(void)
{
    unsigned char *data;
    size_t size;
    cf_policy *p = tiny(), *q = NULL;
    CHECK(cf_policy_save(p, "whole.safetensors") == CF_OK);
    read_back("whole.safetensors", &data, &size);
    for (size_t n = 0; n < size; n++) {
        put("cut.safetensors", data, n);
        CHECK(cf_policy_load(&q, "cut.safetensors") == CF_EFORMAT);
    }
    data[size] = 0; /* file_read leaves room for one byte */
    put("cut.safetensors", data, size + 1);
    is_refused("cut.safetensors", "tensors end at byte");
    free(data);
    cf_policy_free(p);
    unlink("cut.safetensors");
    unlink("whole.safetensors");
}

/* A flipped bit of a name, number or string may go unnoticed; but then it is a good policy, which
 * survives its file. */
static void check_flipped(const unsigned char *data, size_t size, int32_t save)
{
    cf_policy *q = NULL, *again = NULL;
    put("flip.safetensors", data, size);
    const cf_status s = cf_policy_load(&q, "flip.safetensors");
    CHECK(s == CF_OK || s == CF_EFORMAT);
    if (s != CF_OK) return;
    for (int32_t i = 0; i < q->table.size; i++) CHECK(isfinite(q->params[i]));
    if (save) { /* some of them: a save waits for the disk */
        CHECK(cf_policy_save(q, "good.safetensors") == CF_OK);
        CHECK(cf_policy_load(&again, "good.safetensors") == CF_OK);
        CHECK(memcmp(q->params, again->params, (size_t)q->table.size * sizeof(real)) == 0);
    }
    cf_policy_free(q);
    cf_policy_free(again);
}

static void single_flipped_bits_never_crash(void)
{
    unsigned char *data;
    size_t size;
    cf_policy *p = tiny();
    CHECK(policy_set_meta(p, "scenario", "s") == CF_OK);
    CHECK(cf_policy_save(p, "whole.safetensors") == CF_OK);
    read_back("whole.safetensors", &data, &size);
    const size_t header = 8 + data[0] + ((size_t)data[1] << 8);
    for (size_t i = 0; i < header + 8; i++)
        for (int32_t bit = 0; bit < 8; bit++) {
            data[i] ^= (unsigned char)(1 << bit);
            check_flipped(data, size, i % 128 == 127 && bit == 0);
            data[i] ^= (unsigned char)(1 << bit);
        }
    free(data);
    cf_policy_free(p);
    unlink("flip.safetensors");
    unlink("good.safetensors");
    unlink("whole.safetensors");
}

/* A file with `from` replaced by `to` in its header. */
static void put_edited(const char *path, const unsigned char *data, size_t size, const char *from,
                       const char *to)
{
    text t = {0};
    const size_t length = data[0] + ((size_t)data[1] << 8);
    const char *header = (const char *)data + 8, *at = strstr(header, from);
    CHECK(at != NULL);
    if (at)
        text_add(&t, "%.*s%s%.*s", (int)(at - header), header, to,
                 (int)(length - (size_t)(at - header) - strlen(from)), at + strlen(from));
    unsigned char *out = calloc(1, size + t.n);
    out[0] = (unsigned char)t.n;
    out[1] = (unsigned char)(t.n >> 8);
    memcpy(out + 8, t.s, t.n);
    memcpy(out + 8 + t.n, data + 8 + length, size - 8 - length);
    put(path, out, size - length + t.n);
    free(out);
    text_free(&t);
}

/* The file of tiny(). */
static void tiny_file(unsigned char **data, size_t *size)
{
    cf_policy *p = tiny();
    CHECK(cf_policy_save(p, "tiny.safetensors") == CF_OK);
    read_back("tiny.safetensors", data, size);
    unlink("tiny.safetensors");
    cf_policy_free(p);
}

typedef struct edit {
    const char *from, *to, *word;
} edit;

static void edits_are_refused(const edit *edits, size_t n)
{
    unsigned char *data;
    size_t size;
    tiny_file(&data, &size);
    for (size_t i = 0; i < n; i++) {
        put_edited("edited.safetensors", data, size, edits[i].from, edits[i].to);
        is_refused("edited.safetensors", edits[i].word);
    }
    unlink("edited.safetensors");
    free(data);
}

static void metadata_of_another_kind_is_refused(void)
{
    static const edit EDITS[] = {
        {"\"cellfree.policy\"", "\"cellfree.drops\"", "format \"cellfree.drops\", wanted"},
        {"\"format\":", "\"former\":", "format \"\", wanted \"cellfree.policy\""},
        {"\"version\":\"1\"", "\"version\":\"2\"", "version is 2, newer than the 1"},
        {"\"version\":\"1\"", "\"version\":\"0\"", "version"},
        {"\"version\":\"1\"", "\"version\":\"1.5\"", "version"},
        {"\"version\":\"1\"", "\"version\":\"one\"", "version"},
        {"\"version\":\"1\"", "\"version\":\"\"", "version"},
        {"\"version\":", "\"versions\":", "version"},
        {"\"task\":\"assignment\"", "\"task\":\"power\"", "task \"power\", wanted assignment"},
        {"\"task\":", "\"tusk\":", "wanted assignment"},
        {"\"architecture\":\"hpe\"", "\"architecture\":\"hpf\"", "wanted one of hpe, market"},
        {"\"architecture\":", "\"arch\":", "wanted one of"},
        {"\"features\":\"1\"", "\"features\":\"0\"", "features is 0, wanted a whole number from 1"},
        {"\"features\":\"1\"", "\"features\":\"1.5\"", "features is 1.5"},
        {"\"features\":\"1\"", "\"features\":\"1e99\"", "features is 1e+99"},
        {"\"features\":\"1\"", "\"features\":\"nan\"", "features \"nan\", wanted a number"},
        {"\"features\":\"1\"", "\"features\":\"1x\"", "features \"1x\", wanted a number"},
        {"\"features\":\"1\"", "\"features\":\" 1\"", "features \" 1\", wanted a number"},
        {"\"features\":", "\"feature\":", "features \"\", wanted a number"},
        {"\"std_db\":\"0.33333333333333331\"", "\"std_db\":\"0\"", "std_db is 0"},
        {"\"features\":\"1\"", "\"features\":\"2\"", "is (2,6,1,1), wanted (4,6,1,1)"},
        {"\"layers\":\"1\"", "\"layers\":\"2\"",
         "gnn.gamma1.conv2.weight is (1,2,1,1), wanted (2,2,1,1)"},
    };
    edits_are_refused(EDITS, sizeof EDITS / sizeof *EDITS);
}

static void tensors_of_another_network_are_refused(void)
{
    static const edit EDITS[] = {
        {"gnn.phi1.conv2.bias", "gnn.phi1.conv3.bias", "gnn.phi1.conv2.bias is missing"},
        {"[2,6,1,1]", "[2,6]", "gnn.phi1.conv1.weight is (2,6), wanted (2,6,1,1)"},
        {"[2,6,1,1]", "[6,2,1,1]", "gnn.phi1.conv1.weight is (6,2,1,1), wanted (2,6,1,1)"},
        {"[2,6,1,1]", "[2,6,1,2]", "has 48 bytes, wanted 96"},
        {"\"gnn.gamma1.conv1.bias\":{",
         "\"extra\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
         "\"gnn.gamma1.conv1.bias\":{",
         "tensor extra is not one of the hpe network"},
        {"\"data_offsets\":[0,8]", "\"data_offsets\":[4,12]", "wanted it to start at 0"},
    };
    edits_are_refused(EDITS, sizeof EDITS / sizeof *EDITS);
}

static void a_tensor_that_is_there_twice_is_refused(void)
{
    policy_tensors t, twice;
    cf_policy *p = tiny();
    CHECK(cf_policy_save(p, "twice.safetensors") == CF_OK);
    CHECK(policy_tensors_read(&t, "twice.safetensors") == CF_OK);
    CHECK(policy_fill(p, &t, "") == CF_OK);
    twice = t;
    twice.tensor = malloc(((size_t)t.n + 1) * sizeof *t.tensor);
    memcpy(twice.tensor, t.tensor, (size_t)t.n * sizeof *t.tensor);
    twice.tensor[twice.n++] = t.tensor[0];
    CHECK(policy_fill(p, &twice, "") == CF_EFORMAT && strstr(cf_last_error(), "there twice"));
    free(twice.tensor);
    policy_tensors_free(&t);
    cf_policy_free(p);
    unlink("twice.safetensors");
}

static void a_number_that_is_not_finite_is_refused(void)
{
    unsigned char *data;
    size_t size;
    cf_policy *p = tiny();
    CHECK(cf_policy_save(p, "nan.safetensors") == CF_OK);
    read_back("nan.safetensors", &data, &size);
    memcpy(data + size - 4, "\0\0\xc0\x7f", 4);
    put("nan.safetensors", data, size);
    is_refused("nan.safetensors", "gnn.phi1.conv2.weight: number 3 of 4 is");
    unlink("nan.safetensors");
    p->params[3] = (real)INFINITY;
    CHECK(cf_policy_save(p, "nan.safetensors") == CF_ENUM);
    CHECK(access("nan.safetensors", F_OK) != 0);
    free(data);
    cf_policy_free(p);
}

static void files_of_another_kind_are_refused(void)
{
    static const char HDF5[] = "\x89HDF\r\n\x1a\n and so on, for some more bytes than eight";
    cf_policy *p;
    put("other.safetensors", HDF5, sizeof HDF5);
    is_refused("other.safetensors", "not a safetensors file");
    put("other.safetensors", "", 0);
    is_refused("other.safetensors", "0 bytes");
    put("other.safetensors", "\2\0\0\0\0\0\0\0{}", 10);
    is_refused("other.safetensors", "cellfree convert");
    unlink("other.safetensors");
    CHECK(cf_policy_load(&p, "no-such.safetensors") == CF_EIO);
    CHECK(cf_policy_load(&p, ".") == CF_EIO);
}

static void reserved_metadata_is_not_saved(void)
{
    static const char *const KEYS[] = {"format", "version", "task", "architecture", "runs"};
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        cf_policy *p = tiny();
        CHECK(policy_set_meta(p, KEYS[i], "mine") == CF_OK);
        CHECK(cf_policy_save(p, "reserved.safetensors") == CF_EARG);
        CHECK(strstr(cf_last_error(), KEYS[i]) != NULL);
        CHECK(access("reserved.safetensors", F_OK) != 0);
        cf_policy_free(p);
    }
}

static void an_unwritable_target_leaves_nothing_behind(void)
{
    cf_policy *p = tiny();
    CHECK(cf_policy_save(p, "no-such-folder/p.safetensors") == CF_EIO);
    CHECK(strncmp(cf_last_error(), "no-such-folder/p.safetensors: ", 30) == 0);
    CHECK(mkdir("folder.safetensors", 0777) == 0);
    CHECK(cf_policy_save(p, "folder.safetensors") == CF_EIO);
    CHECK(rmdir("folder.safetensors") == 0); /* still empty, still there */
    CHECK(cf_policy_save(p, "/dev/full") == CF_EIO);
    cf_policy_free(p);
}

static void a_failed_save_keeps_the_old_file(void)
{
    cf_policy *p = tiny(), *q = NULL;
    CHECK(cf_policy_save(p, "kept.safetensors") == CF_OK);
    p->params[0] = (real)NAN;
    CHECK(cf_policy_save(p, "kept.safetensors") == CF_ENUM);
    CHECK(cf_policy_load(&q, "kept.safetensors") == CF_OK);
    CHECK(isfinite(q->params[0]));
    unlink("kept.safetensors");
    cf_policy_free(p);
    cf_policy_free(q);
}

int main(void)
{
    RUN(every_architecture_survives_its_file);
    RUN(sizes_round_trip_exactly);
    RUN(truncated_at_every_length_is_refused);
    RUN(single_flipped_bits_never_crash);
    RUN(metadata_of_another_kind_is_refused);
    RUN(tensors_of_another_network_are_refused);
    RUN(a_tensor_that_is_there_twice_is_refused);
    RUN(a_number_that_is_not_finite_is_refused);
    RUN(files_of_another_kind_are_refused);
    RUN(reserved_metadata_is_not_saved);
    RUN(an_unwritable_target_leaves_nothing_behind);
    RUN(a_failed_save_keeps_the_old_file);
    return DONE();
}
