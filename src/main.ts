#!/usr/bin/env node
/** Entry: check the runtime before anything native is loaded, then hand over. */

async function main(args: string[]): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    process.stderr.write(
      `skyeye needs Node 24, this is ${process.versions.node}: run it by npm or npx, which use the Node in node_modules\n`,
    )
    return 1
  }
  const { run } = await import('./cli/run.ts')
  return run(args, {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
  })
}

process.exitCode = await main(process.argv.slice(2))
