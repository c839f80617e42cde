import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { ProcessTree } from '../../scripts/bench/process-tree.ts'
import { until } from '../sim/support.ts'

const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Burns this much processor time, whatever else the machine does. */
const burn = (ms: number) => `{ const until = process.cpuUsage().user + ${ms} * 1000
  while (process.cpuUsage().user < until); }`

/** A Node process that runs this code and then listens to its standard input. */
async function run(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', `${code}; console.log('done'); process.stdin.resume()`])
  started.push(child)
  await once(child.stdout, 'data')
  return child
}

const spawnSync = (code: string) =>
  `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'inherit' })`

const spawnNode = (code: string) =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'inherit' })`

describe('a process tree', () => {
  it('counts the processor time of the process it began with', async () => {
    const child = await run(burn(300))
    expect(new ProcessTree(child.pid!).cpuSeconds()).toBeGreaterThanOrEqual(0.29)
  })

  it('counts children that came and went between two looks, and their children', async () => {
    const child = await run(`process.stdin.once('data', () => {
      ${spawnSync(`${burn(300)}; ${spawnSync(burn(300))}`)}
      console.log('again')
    })`)
    const tree = new ProcessTree(child.pid!)
    const before = tree.cpuSeconds()
    child.stdin!.write('go\n')
    await once(child.stdout!, 'data')
    expect(tree.size).toBe(1)
    expect(tree.cpuSeconds() - before).toBeGreaterThanOrEqual(0.58)
  })

  it('goes on counting a child whose parent has ended, and keeps its time when it ends too', async () => {
    const orphan = `${burn(300)}; console.log(process.ppid, process.pid); setInterval(() => {}, 1000)`
    const root = await run(spawnNode(`${spawnNode(orphan)}; setInterval(() => {}, 1000)`))
    const tree = new ProcessTree(root.pid!)
    const [middle, child] = String((await once(root.stdout!, 'data'))[0])
      .split(' ')
      .map(Number)
    expect(tree.size).toBe(3)
    process.kill(middle)
    await until(() => tree.size === 2)
    const before = tree.cpuSeconds()
    expect(before).toBeGreaterThanOrEqual(0.29)
    process.kill(child)
    await until(() => tree.size === 1)
    expect(tree.cpuSeconds()).toBeGreaterThanOrEqual(before)
  })

  it('does not count twice what ends with its parent between two looks', async () => {
    const middle = `${spawnNode(`${burn(300)}; console.log('up'); process.stdin.resume()`)}.on('exit', () => process.exit())`
    const root = await run(`${spawnNode(middle)}.on('exit', () => console.log('gone'))`)
    const tree = new ProcessTree(root.pid!)
    await once(root.stdout!, 'data')
    const before = tree.cpuSeconds()
    expect(tree.size).toBe(3)
    root.stdin!.end()
    await once(root.stdout!, 'data')
    expect(tree.size).toBe(1)
    expect(tree.cpuSeconds() - before).toBeLessThan(0.29)
  })

  it('measures memory of the whole tree in shares', async () => {
    const held = await run(`const bytes = Buffer.alloc(64 << 20, 1)
      ${spawnNode('setInterval(() => {}, 1000)')}`)
    const tree = new ProcessTree(held.pid!)
    await until(() => tree.size === 2)
    expect(tree.pssBytes()).toBeGreaterThan(64 << 20)
    expect(tree.pssBytes()).toBeLessThan(512 << 20)
  })

  it('says when there is no such process', () => {
    expect(() => new ProcessTree(2 ** 22 + 1)).toThrow('there is no process 4194305')
  })
})
