import { registerEnumType } from 'type-graphql';

export enum ValueTypeEnum {
  BOOLEAN = 'BOOLEAN',
  STRING = 'STRING',
  NUMBER = 'NUMBER',
  JSON = 'JSON',
}
registerEnumType(ValueTypeEnum, {
  name: 'ValueType',
  description: 'What values a key has. Fixed at creation.',
  valuesConfig: {
    BOOLEAN: { description: 'true or false.' },
    STRING: { description: 'Text.' },
    NUMBER: { description: 'A finite number.' },
    JSON: { description: 'Any JSON value, null included.' },
  },
});
