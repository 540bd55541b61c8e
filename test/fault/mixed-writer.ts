import { setTimeout as sleep } from 'node:timers/promises';
import { mutate, type Address } from './client';
import { TRANSIENT_CODES } from './key-writers';

const RULE = { property: { name: 'geo.city', operator: 'EQUALS', value: 'New York' } };
const half = (name: string, control: boolean) => ({ name, control, weight: 50, values: control ? [] : [{ key: 'price', value: 5 }] });

/**
 * A client that sends commands about all concepts but keys to a project of its own, so that every read model has something to lose. What is
 * refused, or lost with the server, is skipped; every command that edits the project writes two events at once.
 */
export class MixedWriter {
  /** The command ids of the edits of the project. */
  readonly pairs: string[] = [];
  private sent = 0;
  private stopping = false;
  /** Ends after `stop`, or with a failure. */
  readonly ended: Promise<void>;

  constructor(
    private readonly projectId: string,
    private readonly address: () => Promise<Address>,
  ) {
    this.ended = this.write();
    // The failure is reported by `stop`.
    this.ended.catch(() => {});
  }

  /** Resolves after the command in flight. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.ended;
  }

  private async write(): Promise<void> {
    await this.do('createKey', 'CreateKeyInput', 'Key', { name: 'price', type: 'NUMBER', defaultValue: 3 }, 'name');
    for (let round = 0; !this.stopping; round += 1) {
      this.pairs.push(`mixedWriter-${this.sent}`);
      await this.do('editProject', 'EditProjectInput', 'Project', { name: `Rest ${round}`, description: `Round ${round}` });
      const segmentId = await this.do('createSegment', 'CreateSegmentInput', 'Segment', { name: `Segment ${round}`, rule: RULE });
      const goalId = await this.do('createGoal', 'CreateGoalInput', 'Goal', { name: `Goal ${round}`, event: 'Purchase' });
      await this.do(round % 2 === 0 ? 'enableExclusivity' : 'disableExclusivity', 'ExclusivityInput', 'Exclusivity', {}, '');
      if (segmentId === undefined || goalId === undefined) continue;
      await this.do('cloneSegment', 'CloneSegmentInput', 'Segment', { id: segmentId });
      await this.config(round, segmentId);
      await this.experiment(round, segmentId, goalId);
      await this.do('archiveGoal', 'GoalInput', 'Goal', { id: goalId });
      await this.do('archiveSegment', 'SegmentInput', 'Segment', { id: segmentId });
    }
  }

  private async config(round: number, segmentId: string): Promise<void> {
    const rows = [{ segmentId, values: [{ key: 'price', value: round }] }];
    const id = await this.do('createConfig', 'CreateConfigInput', 'Config', { name: `Config ${round}`, keys: ['price'], rows });
    await this.do('publishConfig', 'ConfigInput', 'Config', { id: id ?? 'none' });
    await this.do('archiveConfig', 'ConfigInput', 'Config', { id: id ?? 'none' });
  }

  private async experiment(round: number, audienceId: string, goalId: string): Promise<void> {
    const variants = [half('Control', true), half('New', false)];
    const input = { name: `Experiment ${round}`, keys: ['price'], audienceId, goalIds: [goalId], traffic: 50, variants };
    const id = (await this.do('createExperiment', 'CreateExperimentInput', 'Experiment', input)) ?? 'none';
    await this.do('startExperiment', 'ExperimentInput', 'Experiment', { id });
    await this.do('raiseExperimentTraffic', 'RaiseExperimentTrafficInput', 'Experiment', { id, traffic: 100 });
    if (round % 3 === 0) return;
    await this.do('stopExperiment', 'ExperimentInput', 'Experiment', { id });
    await this.do('archiveExperiment', 'ExperimentInput', 'Experiment', { id });
  }

  /** The id of the entity; undefined if the command was refused or not answered. */
  private async do(field: string, inputType: string, type: string, input: object, identity = 'id'): Promise<string | undefined> {
    if (this.stopping) return undefined;
    const commandId = `mixedWriter-${this.sent}`;
    this.sent += 1;
    const reply = await mutate(await this.address(), field, inputType, type, { projectId: this.projectId, commandId, ...input }, identity);
    if (reply.kind === 'error' && !TRANSIENT_CODES.has(reply.code)) {
      throw new Error(`${field} met ${reply.code}: ${reply.message}`);
    }
    if (reply.kind === 'lost') await sleep(20);
    return reply.kind === 'done' ? reply.id : undefined;
  }
}
