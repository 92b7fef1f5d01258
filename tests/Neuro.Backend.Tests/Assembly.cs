using Neuro.Backend.Tests.Ledger;

[assembly: AssemblyFixture(typeof(LedgerServers))]
