/** Profile `hour`: an hour of talk is played in three minutes. */
export const TIMES_FASTER = 20;
