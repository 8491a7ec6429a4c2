using System.Runtime.CompilerServices;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Begins a <c>COPY ... FROM STDIN</c> of text. What Npgsql's method returns has another type since its version 10, so that neither of its
/// two forms can be called without knowing the version that is loaded.
/// </summary>
internal static class TextImport
{
    private static readonly bool ReturnsItsOwnType = typeof(NpgsqlConnection).Assembly.GetName().Version!.Major >= 10;

    /// <summary>Begins it.</summary>
    public static async Task<NpgsqlCopyTextWriter> BeginAsync(
        NpgsqlConnection connection,
        string statement,
        CancellationToken cancellationToken
    ) =>
        ReturnsItsOwnType
            ? await Begin(connection, statement, cancellationToken).ConfigureAwait(false)
            : (NpgsqlCopyTextWriter)await BeginBefore10(connection, statement, cancellationToken).ConfigureAwait(false);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(NpgsqlConnection.BeginTextImportAsync))]
    private static extern Task<NpgsqlCopyTextWriter> Begin(NpgsqlConnection connection, string statement, CancellationToken token);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(NpgsqlConnection.BeginTextImportAsync))]
    private static extern Task<TextWriter> BeginBefore10(NpgsqlConnection connection, string statement, CancellationToken token);
}
