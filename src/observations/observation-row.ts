/** An observation as it crosses threads: by plain values, its texts hashed and written already. */
export type ObservationRow =
  | {
      readonly kind: 'event';
      readonly user: string;
      readonly id: string;
      readonly content: string;
      readonly event: string;
      readonly at: number | undefined;
      readonly properties: string;
      readonly types: readonly (readonly [property: string, type: string])[];
    }
  | {
      readonly kind: 'exposure';
      readonly user: string;
      readonly experiment: string;
      readonly variant: string;
      readonly at: number | undefined;
      readonly revision: number;
    };

export type EventRow = Extract<ObservationRow, { kind: 'event' }>;
export type ExposureRow = Extract<ObservationRow, { kind: 'exposure' }>;
