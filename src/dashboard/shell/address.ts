import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Address = Readonly<Record<string, string | undefined>>;

/** What is behind the ? of the address: text alone, as people write it. */
export function parseAddress(text: string): Address {
  return Object.fromEntries(new URLSearchParams(text));
}

export function addressText(address: Record<string, unknown>): string {
  const given = Object.entries(address).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/** Filters, order and what is open stand in the address, so that a reload and a link show the same. */
export function useAddress(): readonly [Address, (change: Address, replace?: boolean) => void] {
  const address = useSearch({ strict: false }) as Address;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Address, replace = false) => {
      void navigate({ to: '.', search: ((before: Address) => ({ ...before, ...change })) as never, replace });
    },
    [navigate],
  );
  return [address, set];
}
