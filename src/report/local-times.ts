/**
 * Times of evidence as a person reads them. Ours are written by Date.toISOString, with milliseconds; the words of programs that
 * are quoted have other forms, and stay as they are.
 */
import { clockTime, dateTime, day } from './format.ts';

const OURS = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** 'ended 2026-11-28T01:40:44.428Z' → 'ended today 01:40:44', or 'ended 2026-11-20 01:40'. Local. */
export function localTimes(text: string, now: string): string {
  return text.replace(OURS, (iso) => localTime(iso, now));
}

export function localTime(iso: string, now: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return day(at) === day(new Date(now)) ? `today ${clockTime(at)}` : dateTime(at);
}
