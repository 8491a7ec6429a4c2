namespace Migrations.PostgreSql;

/// <summary>One act of a statement.</summary>
/// <param name="Act">What it does.</param>
/// <param name="Kind">The word for what it does it to: <c>TABLE</c>, <c>TEMPORARY</c> (a table), <c>SCHEMA</c>, <c>TYPE</c>.</param>
/// <param name="Name">The object's name, as written; unquoted letters in upper case.</param>
/// <param name="Second">The column, the new name, or the part.</param>
/// <param name="Cascades">Whether what depends on it goes too.</param>
/// <param name="MayBeMissing">Whether it says <c>IF EXISTS</c>.</param>
internal sealed record LossEvent(
    LossAct Act,
    string Kind,
    string Name,
    string? Second = null,
    bool Cascades = false,
    bool MayBeMissing = false
);
