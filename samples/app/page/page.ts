import { Shop, type Pizza, type ShopSettings, type ShopValues, type Visitor } from '../shop';

const MENU: readonly Pizza[] = [
  { name: 'Marinara', price: 8 },
  { name: 'Funghi', price: 10 },
  { name: 'Diavola', price: 11 },
];

const element = <E extends HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const form = element<HTMLFormElement>('form');

function visitor(): Visitor {
  const text = (name: string): string => String(new FormData(form).get(name));
  return { user: text('user'), city: text('city'), device: text('device') };
}

function say(text: string): void {
  element('#status').textContent = text;
}

function show(shop: Shop): void {
  const values = shop.values();
  document.body.classList.toggle('dark', values.dark_mode.value);
  element('#headline').textContent = values.headline.value;
  element('#delivery').textContent = `Delivered for nothing from ${values.free_delivery_from.value} dollars.`;
  element('#menu').replaceChildren(...[values.pizza_of_the_day.value as unknown as Pizza, ...MENU].map((pizza) => line(shop, pizza)));
  element('#values').replaceChildren(...Object.entries(values).map(([key, details]) => row(key, details)));
}

function line(shop: Shop, pizza: Pizza): HTMLElement {
  const button = document.createElement('button');
  button.textContent = `Buy for ${pizza.price}`;
  button.addEventListener('click', () => {
    shop.buy(pizza, visitor()).then(
      () => say(`${visitor().user} has bought a ${pizza.name}.`),
      (error: Error) => say(error.message),
    );
  });
  const item = document.createElement('li');
  item.append(pizza.name, button);
  return item;
}

function row(key: string, { value, reason, variant, errorMessage }: ShopValues[keyof ShopValues]): HTMLElement {
  const cells = [key, JSON.stringify(value), errorMessage ?? reason ?? '', variant ?? ''];
  const line_ = document.createElement('tr');
  line_.append(...cells.map((text) => Object.assign(document.createElement('td'), { textContent: text })));
  return line_;
}

async function main(): Promise<void> {
  const settings = (await (await fetch('settings.json')).json()) as ShopSettings & { readonly server: string };
  element<HTMLAnchorElement>('#server').href = settings.server;
  // The provider resolves the address of the event stream against it, which a path alone is no base for.
  const baseUrl = new URL(settings.baseUrl, location.href).href;
  let isOpen = false;
  const shop: Shop = await Shop.open({ ...settings, baseUrl }, visitor(), () => isOpen && show(shop));
  isOpen = true;
  form.addEventListener('change', () => void shop.welcome(visitor()));
  addEventListener('pagehide', () => void shop.close());
  show(shop);
}

main().catch((error: Error) => say(`The shop cannot be opened: ${error.message}`));
