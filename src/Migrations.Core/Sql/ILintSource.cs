namespace Migrations.Sql;

/// <summary>What has rules for scripts: each engine.</summary>
public interface ILintSource
{
    /// <summary>What is known of changes that fail, lose data or stop others from working.</summary>
    ILintRules Rules { get; }
}
