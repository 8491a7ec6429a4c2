namespace Migrations.PostgreSql;

/// <summary>A rule of a table or of a domain that rows of a dump break, or that fails on them.</summary>
/// <param name="Name">What it is called, as part of a sentence.</param>
/// <param name="TakeOff">The statement that takes it off.</param>
/// <param name="Return">The statement that makes it again, for the rows to come; null when that is impossible.</param>
internal sealed record BrokenRule(string Name, string TakeOff, string? Return);
