import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './main.css';

function App() {
  return <h1>Experience Ledger</h1>;
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element for the dashboard.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
