// The model in Squiggle; prints P(target) and the seconds of the engine alone.
import { run } from "@quri/squiggle-lang";

const paths = Number(process.argv[2]);
const lines = ["s0 = 6", "a0 = 4"];
for (let m = 1; m <= 6; m++) {
  lines.push(
    `first${m} = SampleSet.fromDist(normal(0, 1))`,
    `second${m} = SampleSet.fromDist(normal(0, 1))`,
    `common${m} = 0.02 * SampleSet.fromDist(normal(0, 1))`,
    `s${m} = s${m - 1} * exp(${Math.log1p(0.16)} + 0.06 * first${m} + common${m})`,
    `a${m} = a${m - 1} * exp(${Math.log1p(0.26)} + 0.1 * (0.5 * first${m} + ${Math.sqrt(0.75)} * second${m}) + common${m})`,
    `t${m} = s${m} + a${m}`,
    `fan${m} = List.map([0.05, 0.25, 0.5, 0.75, 0.95], {|q| quantile(t${m}, q)})`,
  );
}
lines.push(
  "short = mean(SampleSet.map(t6, {|t| t < 30 ? 30 - t : 0}))",
  "p = mean(SampleSet.map(t6, {|t| t >= 30 ? 1 : 0}))",
  "[p, short, fan1, fan2, fan3, fan4, fan5, fan6]",
);

async function time(sampleCount) {
  const started = performance.now();
  const output = await run(lines.join("\n"), { environment: { sampleCount, xyPointLength: 1000, seed: "1" } });
  const result = output.getEndResult();
  if (!result.ok) throw new Error(String(result.value));
  const p = result.value.asJS()[0];
  return { p_target: p, seconds: (performance.now() - started) / 1000 };
}

await time(1000); // warm up
console.log(JSON.stringify(await time(paths)));
