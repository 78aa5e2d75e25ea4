# Every room stands on a floor; a file may include its own room and lower floors, nothing else.
# The command line sees the public headers only.
# usage: awk -f tools/floors.awk src/*/*.[ch] cli/*.[ch]
BEGIN {
    n = split("base:0 channel:1 problem:1 nn:1 runs:1 solver:2 policy:2 io:3 evaluate:4 train:4 bench:5", f, " ")
    for (i = 1; i <= n; i++) { split(f[i], p, ":"); floor[p[1]] = p[2] }
}
FNR == 1 { k = split(FILENAME, d, "/"); here = d[k - 1] }
match($0, /^#[ \t]*include[ \t]*"[a-z]+\//) {
    split($0, q, "\""); split(q[2], r, "/"); there = r[1]
    if (there != here && !(there in floor && here in floor && floor[there] < floor[here])) {
        printf "%s:%d: %s (floor %s) may not include %s\n", FILENAME, FNR, here, floor[here], q[2]
        bad = 1
    }
}
END { exit bad }
