// placeholder replaced below once the services stand
export interface Services {
  readonly placeholder: never;
}
