import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature, ProviderEvents, type EvaluationDetails, type JsonValue } from '@openfeature/web-sdk';
import { ExposureHook } from './exposure-hook';

/** Where the shop's values come from. */
export interface ShopSettings {
  /** Of the project, such as `http://127.0.0.1:4000/projects/pizza-shop`. */
  readonly baseUrl: string;
  /** Of the role `app`: it is in a page, so everyone can read it. */
  readonly token: string;
}

/** Who is in the shop. */
export interface Visitor {
  readonly user: string;
  readonly city: string;
  readonly device: string;
}

/** What the page shows: each value with why it is so. */
export interface ShopValues {
  readonly dark_mode: EvaluationDetails<boolean>;
  readonly headline: EvaluationDetails<string>;
  readonly free_delivery_from: EvaluationDetails<number>;
  readonly pizza_of_the_day: EvaluationDetails<JsonValue>;
}

export interface Pizza {
  readonly name: string;
  readonly price: number;
}

/** A pizza shop as a page has it: it reads values with the OpenFeature web SDK, and sends what its visitor does and was shown. */
export class Shop {
  private readonly hook = new ExposureHook((exposures) => this.post('exposures', { exposures }));
  private readonly client = OpenFeature.getClient();

  private constructor(private readonly settings: ShopSettings) {}

  /** Reads the values of its first visitor. `onChange` is called whenever values may have changed, also because someone has edited the project. */
  static async open(settings: ShopSettings, visitor: Visitor, onChange: () => void): Promise<Shop> {
    const shop = new Shop(settings);
    await OpenFeature.setContext(contextOf(visitor));
    const headers: [string, string][] = [['authorization', `Bearer ${settings.token}`]];
    const provider = new OFREPWebProvider({ baseUrl: settings.baseUrl, headers, cacheMode: 'disabled' });
    shop.client.addHooks(shop.hook);
    for (const event of [ProviderEvents.ConfigurationChanged, ProviderEvents.ContextChanged]) shop.client.addHandler(event, onChange);
    await OpenFeature.setProviderAndWait(provider);
    return shop;
  }

  values(): ShopValues {
    return {
      dark_mode: this.client.getBooleanDetails('dark_mode', false),
      headline: this.client.getStringDetails('headline', ''),
      free_delivery_from: this.client.getNumberDetails('free_delivery_from', 0),
      pizza_of_the_day: this.client.getObjectDetails<JsonValue>('pizza_of_the_day', null),
    };
  }

  /** Someone else is in the shop now. */
  async welcome(visitor: Visitor): Promise<void> {
    await OpenFeature.setContext(contextOf(visitor));
  }

  /** The visitor buys, which rules on behaviour count. Values are asked for anew, since they may depend on it. */
  async buy({ name, price }: Pizza, visitor: Visitor): Promise<void> {
    await this.post('events', {
      events: [
        { id: crypto.randomUUID(), user: visitor.user, event: 'Purchase', at: new Date().toISOString(), properties: { name, price } },
      ],
    });
    // The provider asks anew for another context only: this member is read by no rule.
    await OpenFeature.setContext({ ...contextOf(visitor), bought: Date.now() });
  }

  async close(): Promise<void> {
    await this.hook.flush();
    await OpenFeature.close();
  }

  private async post(path: string, content: object): Promise<void> {
    const response = await fetch(`${this.settings.baseUrl}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.settings.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(content),
    });
    if (!response.ok) throw new Error(`${path} were not taken: ${response.status} ${await response.text()}`);
  }
}

const contextOf = ({ user, city, device }: Visitor) => ({ targetingKey: user, geo: { city }, device: { model: device } });
