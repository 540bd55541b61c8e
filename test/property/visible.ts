import type { ProjectState } from '../../src/domain/project-state';
import type { Model } from './model';

const sorted = <E, V>(entries: Iterable<[string, E]>, show: (entity: E, id: string) => V): { readonly [id: string]: V } =>
  Object.fromEntries([...entries].map(([id, entity]) => [`${id}`, show(entity, id)]));

/** All that someone could see of a project, anyone who tells it. Roles of goals, analysis and measures are as usual. What only counts or remembers (head, versions, command ids) is not in it. */
export function visibleState(state: ProjectState): object {
  return {
    project: state.project === undefined ? null : { name: state.project.name, description: state.project.description },
    exclusivity: state.exclusivity,
    keys: sorted(state.keys, ({ type, defaultValue, description, archived }) => ({ type, defaultValue, description, archived })),
    segments: sorted(state.segments, ({ name, description, rule, archived }) => ({ name, description, rule, archived })),
    goals: sorted(state.goals, ({ name, description, event, filters, archived }) => ({ name, description, event, filters, archived })),
    flags: sorted(state.flags, ({ name, description, key, rows, status }) => ({ name, description, key, rows, status })),
    configs: sorted(state.configs, ({ name, description, keys, rows, status }) => ({ name, description, keys, rows, status })),
    experiments: sorted(
      state.experiments,
      ({
        started,
        rolledOut,
        goals,
        sticky: _sticky,
        analysis: _analysis,
        variantIdsGiven: _given,
        archivedFrom: _from,
        id: _id,
        decisions: _decisions,
        ...experiment
      }) => ({
        ...experiment,
        goals: goals.map((goal) => goal.id),
        started: started?.revision ?? null,
        frozen: started?.audience ?? null,
        rolledOut: rolledOut?.variant ?? null,
      }),
    ),
  };
}

export function visibleModel(model: Model): object {
  return {
    project: model.project,
    exclusivity: model.exclusivity,
    keys: sorted(model.keys, (key) => key),
    segments: sorted(model.segments, (segment) => segment),
    goals: sorted(model.goals, (goal) => goal),
    flags: sorted(model.flags, ({ before: _before, given: _given, ...flag }) => flag),
    configs: sorted(model.configs, ({ before: _before, given: _given, ...config }) => config),
    experiments: sorted(model.experiments, ({ before: _before, given: _given, ...experiment }) => experiment),
  };
}
