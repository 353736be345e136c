/** Counts the primes up to a number, by trial division. */
export default function primes(limit: number): string {
  let count = 0;
  for (let n = 2; n <= limit; n++) if (isPrime(n)) count++;
  return `${count} primes up to ${limit}`;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
