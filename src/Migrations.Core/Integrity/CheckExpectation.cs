using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>What a declared check wants of the answer. A closed set.</summary>
public abstract record CheckExpectation
{
    private protected CheckExpectation() { }

    /// <summary>Whether the plan is requested in place of the rows.</summary>
    public virtual bool WantsPlan => false;

    /// <summary>
    /// Whether it is about rows that are there, and not about what the database refuses or how it would look for them: then an answer
    /// without any shows nothing.
    /// </summary>
    public virtual bool IsOfRows => true;

    /// <summary>Whether an answer without an error is as wanted.</summary>
    public abstract bool IsMet(QueryAnswer answer);

    /// <summary>What was found, in the terms of the expectation.</summary>
    public abstract string Describe(QueryAnswer answer);

    /// <summary>The expectation as it is written behind <c>-- expect:</c>.</summary>
    public abstract override string ToString();
}
