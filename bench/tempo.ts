/**
 * Profile `hour`: an hour of talk is played in twelve minutes. Faster, a stall of the bench's own line (a tenth of a second) is
 * seconds of the call's time, and what is measured is how a call bears a line that stalls for seconds all the time.
 */
export const TIMES_FASTER = 5;
