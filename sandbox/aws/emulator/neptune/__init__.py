"""Amazon Neptune, which is reached and signed as RDS. API only: nothing answers at an endpoint.

https://docs.aws.amazon.com/neptune/latest/apiref/Welcome.html
"""
