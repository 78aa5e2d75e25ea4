#ifndef POLICY_MARKET_OP_H
#define POLICY_MARKET_OP_H

#include "nn/plan.h"

/* What a link sees of the market in a round, channel by channel. phi(m) = sign(m) log10(1 +
 * |m|/1e-5)
 * / 2.5 brings rate margins of all sizes [bit/s/Hz] to about +-2. An AP that would serve user k for
 * a price rise of o makes k an offer o; one that would drop k only for a fall of h holds k by h.
 * Both are cut to 0 .. 20 where they are features or prices, not where they are ranked. */
typedef enum market_feature {
    MARKET_PICKED,     /* x: this AP serves this user after the round before              */
    MARKET_MARGIN,     /* phi: value against the AP's last pick or first loser, new prices */
    MARKET_HOLD,       /* phi: by how much a pick is held                                  */
    MARKET_OFFER,      /* phi: the price rise that would win this AP                       */
    MARKET_WIN,        /* 1: among the cheapest offers that a user short of APs needs      */
    MARKET_ADVANTAGE,  /* phi: of a winning offer, over the first that loses               */
    MARKET_AP_RANK,    /* rank of that advantage among the AP's wins, up to 3, by 2        */
    MARKET_OFFER_RANK, /* rank among the user's offers, up to 5, by 3                      */
    MARKET_HOLD_RANK,  /* rank among the user's holds, up to 4, by 2                       */
    MARKET_SHORT,      /* APs the user is short of                                         */
    MARKET_SURPLUS,    /* APs the user has to spare, up to 3, by 2                         */
    MARKET_LEAVE,      /* of the AP's least pick: surplus minus its rank among the holds,
                          within +-2                                                       */
    MARKET_PICK_SPARE, /* of the AP's least pick: surplus, up to 2                         */
    MARKET_WINS,       /* wins of the AP, up to 3                                          */
    MARKET_PRICE,      /* phi of the user's price                                          */
    MARKET_ROUND,      /* round / 6                                                        */
    MARKET_WATER,      /* phi: the price level that would clear the market, minus this AP's */
    MARKET_FEATURES
} market_feature;

/* One round. Each AP picks its A_l largest scores: of the SNR in round 0, later of the picks of 0
 * and 1 that the round before ended with (market_commit.h). Users short of U_k raise their price by
 * half way between the last offer that they need and the first that they do not (a second price, as
 * in Bertsekas' auctions), users with APs to spare lower it. Nothing here is learned, and all of it
 * is constant almost everywhere in the scores, so there is no backward.
 *
 *   snr, limit, need  (1,L,K,B)  inputs
 *   score             (1,L,K,B)  of the round before, or NULL in round 0
 *   before            the slice this function returned in the round before, or NULL in round 0
 *   returns           (MARKET_FEATURES + 1, L,K,B): the features, and the prices (K,B) first in the
 *                     last channel, for the next round */
nn_slice market_round(nn_plan *p, nn_slice snr, nn_slice limit, nn_slice need,
                      const nn_slice *score, const nn_slice *before, int32_t round);

#endif
