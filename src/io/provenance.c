#include "io/provenance.h"

void io_put_provenance(io_h5_out *o, const char *format, int32_t version, const cf_drops *d)
{
    io_put_text(o, o->file, "format", format);
    io_put_number(o, o->file, "version", H5T_STD_I32LE, &version);
    io_put_text(o, o->file, "task", cf_task_name(d->task));
    io_put_text(o, o->file, "cellfree", cf_version());
    io_put_text(o, o->file, "scenario", d->scenario);
    io_put_text(o, o->file, "scenario_yaml", d->scenario_yaml);
    io_put_number(o, o->file, "seed", H5T_STD_U64LE, &d->seed);
    io_put_number(o, o->file, "first", H5T_STD_I64LE, &d->first);
}
