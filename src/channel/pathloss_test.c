#include "channel/pathloss.h"

#include "t.h"

/* Worked with a calculator from the tables of TR 38.901, not from the code. */
static void log_distance_is_a_line_in_log_distance(void)
{
    double d[] = {1, 100, 0}, other = 200;
    chan_log_distance(-49.27, 35.3, 3, d);
    CHECK_NEAR(d[0], -49.27, 1e-12);
    CHECK_NEAR(d[1], -119.87, 1e-12);
    CHECK_NEAR(d[2], -49.27, 1e-12);
    chan_log_distance(-34.26, 35.3, 1, &other);
    CHECK_NEAR(other, -34.26 - 35.3 * 2.3010299956639813, 1e-12);
}

static void umi_follows_its_table(void)
{
    /* 3.5 GHz, 10 and 1.5 m: d'_BP = 4 * 9 * 0.5 * 3.5e9 / 3e8 = 210 m. d2D = 100 m:
     * d3D = sqrt(1e4 + 72.25) = 100.360600; log10 = 2.0015632; 20 log10 3.5 = 10.8813609.
     * LOS 32.4 + 21 * 2.0015632 + 10.8813609 = 85.3141891.
     * NLOS 35.3 * 2.0015632 + 22.4 + 21.3 * 0.5440680 = 104.6438320. */
    CHECK_NEAR(chan_3gpp_loss_db(CHAN_UMI, 1, 100, 10, 1.5, 1, 3.5e9), 85.3141891, 1e-8);
    CHECK_NEAR(chan_3gpp_loss_db(CHAN_UMI, 0, 100, 10, 1.5, 1, 3.5e9), 104.6438320, 1e-8);
    /* d2D = 1000 m, beyond: d3D = 1000.0361243, log10 = 3.0000157;
     * 32.4 + 120.0006275 + 10.8813609 - 9.5 log10(44100 + 72.25 = 44172.25)
     * = 163.2819884 - 9.5 * 4.6451495 = 119.1530680. */
    CHECK_NEAR(chan_3gpp_loss_db(CHAN_UMI, 1, 1000, 10, 1.5, 1, 3.5e9), 119.1530680, 1e-8);
}

static void uma_follows_its_table(void)
{
    /* 2 GHz, 25 and 1.5 m: d'_BP = 4 * 24 * 0.5 * 2e9 / 3e8 = 320 m. d2D = 200 m:
     * d3D = sqrt(40000 + 552.25) = 201.3758923, log10 = 2.3040075; 20 log10 2 = 6.0205999.
     * LOS 28 + 22 * 2.3040075 + 6.0205999 = 84.7087644.
     * NLOS 13.54 + 39.08 * 2.3040075 + 6.0205999 = 109.6012121. */
    CHECK_NEAR(chan_3gpp_loss_db(CHAN_UMA, 1, 200, 25, 1.5, 1, 2e9), 84.7087644, 1e-7);
    CHECK_NEAR(chan_3gpp_loss_db(CHAN_UMA, 0, 200, 25, 1.5, 1, 2e9), 109.6012121, 1e-7);
    /* Both slopes meet at the breakpoint, within what the table's rounding leaves. */
    const double before = chan_3gpp_loss_db(CHAN_UMA, 1, 320, 25, 1.5, 1, 2e9);
    CHECK_NEAR(chan_3gpp_loss_db(CHAN_UMA, 1, 320.001, 25, 1.5, 1, 2e9), before, 1e-5);
    /* A user 10 m higher in the shade loses 6 dB less. */
    CHECK(chan_3gpp_loss_db(CHAN_UMA, 0, 2000, 25, 11.5, 1, 2e9) <
          chan_3gpp_loss_db(CHAN_UMA, 0, 2000, 25, 1.5, 1, 2e9) - 5.9);
}

static void no_sight_is_never_better_than_sight(void)
{
    for (int model = CHAN_UMI; model <= CHAN_UMA; model++)
        for (double d = 0; d < 5000; d = d * 1.3 + 1)
            CHECK(chan_3gpp_loss_db((chan_path_loss)model, 0, d, 25, 1.5, 1, 28e9) >=
                  chan_3gpp_loss_db((chan_path_loss)model, 1, d, 25, 1.5, 1, 28e9));
}

static void below_ten_metres_counts_as_ten(void)
{
    CHECK(chan_3gpp_loss_db(CHAN_UMI, 1, 0, 10, 1.5, 1, 28e9) ==
          chan_3gpp_loss_db(CHAN_UMI, 1, 10, 10, 1.5, 1, 28e9));
}

static void line_of_sight_has_its_probability(void)
{
    CHECK(chan_los_probability(CHAN_UMI, 0, 1.5) == 1);
    CHECK(chan_los_probability(CHAN_UMA, 18, 1.5) == 1);
    /* UMi at 72 m: 0.25 + e^-2 * 0.75 = 0.3515015; UMa at 63 m: 2/7 + e^-1 * 5/7 = 0.5484853 */
    CHECK_NEAR(chan_los_probability(CHAN_UMI, 72, 1.5), 0.3515015, 1e-7);
    CHECK_NEAR(chan_los_probability(CHAN_UMA, 63, 1.5), 0.5484853, 1e-7);
    /* UMa, user at 23 m, 150 m: (0.12 + e^(-150/63) * 0.88)(1 + 1.25 * 3.375 * e^-1)
     * = (0.12 + 0.0924625 * 0.88) * 2.5519914 = 0.5138868 */
    CHECK_NEAR(chan_los_probability(CHAN_UMA, 150, 23), 0.5138868, 1e-7);
    CHECK(chan_los_probability(CHAN_UMA, 150, 13) == chan_los_probability(CHAN_UMA, 150, 1.5));
}

static void environment_is_one_metre_for_low_users(void)
{
    CHECK(chan_environment_m(CHAN_UMI, 500, 22.5, 0.99) == 1);
    CHECK(chan_environment_m(CHAN_UMA, 500, 1.5, 0.99) == 1);
    /* 22.5 m: 12, 15, 18, 21, each as likely */
    CHECK(chan_environment_m(CHAN_UMA, 200, 22.5, 0.01) == 1);
    int seen[4] = {0};
    for (int i = 0; i < 100000; i++) {
        const double e = chan_environment_m(CHAN_UMA, 200, 22.5, (i + 0.5) / 100000);
        if (e > 1) {
            CHECK(e == 12 || e == 15 || e == 18 || e == 21);
            seen[(int)((e - 12) / 3)]++;
        }
    }
    for (int i = 1; i < 4; i++) CHECK(seen[i] >= seen[0] - 1 && seen[i] <= seen[0] + 1);
    /* C = ((22.5 - 13)/10)^1.5 * 1.25 * 8 * e^(-4/3) = 0.9259454 * 2.6359714 = 2.4407655 */
    CHECK_NEAR((seen[0] + seen[1] + seen[2] + seen[3]) / 100000.0, 2.4407655 / 3.4407655, 1e-4);
}

int main(void)
{
    RUN(log_distance_is_a_line_in_log_distance);
    RUN(umi_follows_its_table);
    RUN(uma_follows_its_table);
    RUN(no_sight_is_never_better_than_sight);
    RUN(below_ten_metres_counts_as_ten);
    RUN(line_of_sight_has_its_probability);
    RUN(environment_is_one_metre_for_low_users);
    return DONE();
}
