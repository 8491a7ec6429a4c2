namespace Migrations.Tables;

/// <summary>A part of a schema that has no equal in another engine. The message says what, as the end of a sentence.</summary>
public sealed class UntranslatableException(string reason) : Exception(reason);
