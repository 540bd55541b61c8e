import { WrongInput } from './wrong-input';

/** An id in the input that cannot be meant. */
export class WrongId extends WrongInput {}
