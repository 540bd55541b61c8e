import { useEffect, useRef, useState } from 'react';

/** How wide an element is, in CSS pixels, for what is drawn to fit it. */
export function useWidth<E extends HTMLElement>(otherwise: number) {
  const ref = useRef<E>(null);
  const [widthPx, setWidthPx] = useState(otherwise);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, widthPx] as const;
}
