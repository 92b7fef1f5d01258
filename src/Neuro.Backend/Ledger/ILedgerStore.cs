using System.Data.Common;

namespace Neuro.Backend.Ledger;

/// <summary>The ledger's own SQL, one statement of each kind whatever the size of the batch, so that each is prepared once, and the rows that others write along.</summary>
internal interface ILedgerStore
{
    /// <summary>Starts a transaction in which nobody else may write what this one reads.</summary>
    Task<DbTransaction> BeginAsync(CancellationToken cancel);

    /// <summary>Reads and locks what a batch touches.</summary>
    Task<Books> LoadAsync(DbTransaction transaction, IReadOnlyCollection<TransferRequest> batch, DateTimeOffset now, CancellationToken cancel);

    Task SaveAsync(DbTransaction transaction, Books books, CancellationToken cancel);

    /// <summary>Writes rows of others in this order.</summary>
    /// <exception cref="InvalidOperationException">A statement did not change exactly one row.</exception>
    Task WriteAlongAsync(DbTransaction transaction, IReadOnlyList<FormattableString> rows, CancellationToken cancel);
}
