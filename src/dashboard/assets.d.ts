/** Files that the build turns into something else. */
declare module '*.css';
