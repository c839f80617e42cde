/** A command of whoever works at this box: it goes the way of those of the centre, audit entry included. */
import { v7 as newId } from 'uuid'
import type { Commands } from './commands.ts'
import type { AnswerData } from './contract/answer-schema.ts'
import { type CommandData, commandType, type Verb } from './contract/command-schema.ts'

/** The control socket is its owner's alone. */
const actor = { kind: 'operator', name: 'control socket' }
const validMs = 60_000

/** Why it was refused, as a sentence; undefined where it is done. */
export async function commandHere<Name extends Verb>(
  commands: Pick<Commands, 'answer'>,
  verb: Name,
  data: Omit<CommandData<Name>, 'actor'>,
): Promise<string | undefined> {
  const now = Date.now()
  const command = {
    ...{ specversion: '1.0', id: newId(), source: '/control', type: commandType(verb) },
    time: new Date(now).toISOString(),
    expirytime: new Date(now + validMs).toISOString(),
    data: { ...data, actor },
  }
  const payload = new TextEncoder().encode(JSON.stringify(command))
  const answer = JSON.parse(await commands.answer({ verb, payload, retain: false })) as { data: AnswerData }
  return answer.data.refusal?.why
}
