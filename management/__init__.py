"""What people answer for: nonconformities and risk acceptances, beside what evidence says of them."""
