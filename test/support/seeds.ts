/**
 * Properties draw the same cases in each run, so that a red test tells of the change under test. `LUNA_SEED=new` draws others and prints
 * their seed: that is how cases are found that nobody thought of, and such a find becomes an example of its own. A number repeats a run.
 */
import fc from "fast-check";

const USUAL = 20_261_122;
const given = process.env.LUNA_SEED;
fc.configureGlobal({ seed: given === undefined ? USUAL : given === "new" ? Date.now() | 0 : Number(given) });
