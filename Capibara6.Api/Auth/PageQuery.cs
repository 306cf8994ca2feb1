using System.Globalization;
using Capibara6.Api.Errors;
using Capibara6.Core;
using Capibara6.Core.Identity.Accounts;

namespace Capibara6.Api.Auth;

/// <summary>Which page of a list: parameters <c>limit</c> and <c>before</c>.</summary>
internal readonly record struct PageQuery(int Limit, Guid? Before)
{
    /// <summary>What is wrong with the parameters; null when nothing is.</summary>
    public static Failure? Read(string? limit, string? before, int defaultLimit, out PageQuery page)
    {
        page = new PageQuery(defaultLimit, null);
        if (limit is not null)
        {
            if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > AccountLimits.MaxPageSize)
            {
                return Failures.InvalidParameter("limit", $"a whole number from 1 to {AccountLimits.MaxPageSize}");
            }

            page = page with { Limit = size };
        }

        if (before is not null)
        {
            if (!Guid.TryParse(before, out var last))
            {
                return Failures.InvalidParameter("before", "the last id of the page before");
            }

            page = page with { Before = last };
        }

        return null;
    }
}
