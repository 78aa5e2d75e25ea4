#include "gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

/* In single quotes gnuplot's '' is not always one quote: then octal numbers in double quotes, where
 * `...` would be run, and what follows @ put in. */
void cli_gnuplot_string(FILE *f, const char *text)
{
    const int plain = !strchr(text, '\'');
    fputc(plain ? '\'' : '"', f);
    while (*text) {
        if ((unsigned char)*text < 0x20)
            fputc(' ', f), text++;
        else if (!plain && strchr("'\"\\`@", *text))
            fprintf(f, "\\%03o", (unsigned)*text++);
        else
            text = cli_put_character(f, text);
    }
    fputc(plain ? '\'' : '"', f);
}

int cli_gnuplot_open(cli_output *o, const cli_reproduction *r, const char *name, double width,
                     double height)
{
    char *file = cli_text("%s.gp", name);
    const int status = cli_open_text(o, r, file, "# ", "");
    free(file);
    if (status != CLI_DONE) return status;
    FILE *f = o->file;
    fprintf(f,
            "# Run in this folder: gnuplot %s.gp\n"
            "do for [kind in 'pdf png'] {\n"
            "reset\n"
            "if (kind eq 'pdf') {\n"
            "set terminal pdfcairo size %gcm,%gcm font 'DejaVu Sans,9'\n"
            "} else {\n"
            "set terminal pngcairo size %.0f,%.0f font 'DejaVu Sans,9' fontscale 2 linewidth 2 "
            "pointscale 2\n"
            "}\n"
            "set encoding utf8\n"
            "set datafile separator comma\n"
            "set border 3 linecolor rgb '#666666'\n"
            "set tics nomirror textcolor rgb '#333333'\n"
            "set grid linecolor rgb '#e3e6ea' linetype 1 linewidth 0.6\n"
            "blue = '#1f5fa8'; light = '#9dbfe6'; orange = '#d9622b'; grey = '#8a929b'\n"
            "set output '%s.'.kind\n"
            "set label 99 ",
            name, width, height, 85 * width, 85 * height, name);
    char *foot = cli_text("cellfree %s · seed %llu · %s", cf_version(), (unsigned long long)r->seed,
                          r->line);
    cli_gnuplot_string(f, foot);
    free(foot);
    fputs(" at screen 0.995,0.018 right noenhanced font ',5' textcolor rgb grey\n", f);
    return CLI_DONE;
}

/* 0, the errno of a failed start, or -1 for a gnuplot that failed. */
static int run_gnuplot(const char *folder, const char *script)
{
    char *arguments[] = {cli_text("gnuplot"), cli_text("%s", script), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    pid_t child;
    int status = 0;
    const int error = posix_spawnp(&child, "gnuplot", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(arguments[0]);
    free(arguments[1]);
    if (error) return error;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return ENOENT;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* PDF files say when they were drawn: the same command would give other bytes every second. */
static void forget_the_time(const char *folder, const char *name)
{
    static const char KEY[] = "/CreationDate (D:", NEVER[] = "19700101000000";
    enum { KEY_SIZE = sizeof KEY - 1 };
    char *path = cli_text("%s/%s.pdf", folder, name), seen[KEY_SIZE] = "";
    FILE *f = fopen(path, "r+b");
    for (int c; f && (c = fgetc(f)) != EOF;) {
        memmove(seen, seen + 1, KEY_SIZE - 1);
        seen[KEY_SIZE - 1] = (char)c;
        if (memcmp(seen, KEY, KEY_SIZE) != 0) continue;
        fseek(f, 0, SEEK_CUR);
        fputs(NEVER, f);
        break;
    }
    if (f) fclose(f);
    free(path);
}

int cli_gnuplot_close(cli_output *o, cli_reproduction *r, const char *name)
{
    fputs("unset output\n}\n", o->file);
    int status = cli_output_close(o, r->command);
    if (status != CLI_DONE || r->gnuplot_missing) return status;
    char *script = cli_text("%s.gp", name);
    const int error = run_gnuplot(r->folder, script);
    if (error == ENOENT) {
        r->gnuplot_missing = 1;
        cli_complain(r->command, 0,
                     "gnuplot is not installed (Debian: gnuplot-nox): no PDF and PNG, but the "
                     "scripts and their data are in %s",
                     r->folder);
    } else if (error) {
        status = cli_complain(r->command, CLI_FAILED, "%s/%s: gnuplot failed%s%s", r->folder,
                              script, error > 0 ? ": " : "", error > 0 ? strerror(error) : "");
    }
    if (!error) forget_the_time(r->folder, name);
    free(script);
    return status;
}

void cli_gnuplot_note(FILE *f, const cli_reproduction *r)
{
    if (r->gnuplot_missing)
        fputs("- gnuplot was not installed: there are scripts (.gp) and data (.csv), no pictures. "
              "Install gnuplot-nox and run `gnuplot figure5.gp` and so on in this folder.\n",
              f);
}
