namespace Migrations.History;

/// <summary>The place of a secret in a statement or script.</summary>
/// <param name="Start">Where it begins, in characters from 0.</param>
/// <param name="Length">How long it is.</param>
/// <param name="IsLiteral">Whether it is a literal with its quotes; else it is part of one, or a word.</param>
public sealed record SecretSpan(int Start, int Length, bool IsLiteral);
